import { describe, it } from "vitest";
import { gatewayAddress } from "../../../../admin/handover/gateway-address.ts";
import { noticeText } from "../../../../admin/console/notices.ts";
import { clientName } from "../../../../admin/console/parts/client.tsx";

describe("gatewayAddress", () => {
  for (const [set, admin, address] of [
    ["https://ai.example", "https://admin.example/x", "https://ai.example"],
    [null, "https://doppelgate-admin.me.workers.dev/tokens", "https://doppelgate-gateway.me.workers.dev"],
    [null, "https://doppelgate-admin.me.workers.dev.evil.test/", null],
    [null, "http://localhost:8788/tokens", "http://localhost:8787"],
    [null, "http://localhost:9999/tokens", null],
    [null, "https://admin.example/", null],
  ] as const) {
    it(`${admin} → ${address}`, ({ expect }) => {
      expect(gatewayAddress(set, new URL(admin))).toBe(address);
    });
  }
});

describe("clientName", () => {
  for (const [userAgent, name] of [
    ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36", "Chrome on Linux"],
    ["Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/156.0 Safari/537.36 Edg/156.0", "Edge on Windows"],
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 20_0 like Mac OS X) Version/20.0 Safari/604.1", "Safari on iPhone"],
    ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:150.0) Gecko/20100101 Firefox/150.0", "Firefox on macOS"],
    ["Mozilla/5.0 (Unheard) Firefox/1", "Firefox"],
    ["curl/8.5.0", "curl/8.5.0"],
    ["Mozilla/5.0 (something)", "Mozilla/5.0 (something)"],
  ] as const) {
    it(`${userAgent} → ${name}`, ({ expect }) => expect(clientName(userAgent)).toBe(name));
  }
});

describe("noticeText", () => {
  for (const name of [undefined, "", "nix", "constructor", "__proto__", "<script>"]) {
    it(`knows nothing of ${name}`, ({ expect }) => expect(noticeText(name)).toBeNull());
  }
});
