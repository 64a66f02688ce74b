import { reset } from "cloudflare:test";
import { afterEach, describe, it, vi } from "vitest";
import { forgetAll } from "../../../gateway/lookup.ts";
import { forgetWays } from "../../../gateway/region.ts";
import { ask, fakeUpstream, issue, KEYS } from "../support/gateway.ts";
import { acceptedBy, clientOf, type ProviderSocket } from "../support/sockets.ts";

afterEach(async () => {
  vi.restoreAllMocks();
  forgetAll();
  forgetWays();
  await reset();
});

const refusal = () => Response.json({ error: { code: "unsupported_country_region_territory" } }, { status: 403 });

describe("a provider that refuses the location of a handshake", () => {
  it("is asked again by the relay, and at once the next time", async ({ expect }) => {
    vi.spyOn(console, "warn").mockReturnValue();
    const provider: ProviderSocket = {};
    const answers = [refusal, acceptedBy(provider), acceptedBy({})];
    const { sent } = fakeUpstream(() => (answers.shift() ?? refusal)());
    const { secret } = await issue();
    const headers = { upgrade: "websocket", authorization: `Bearer ${secret}`, "sec-websocket-protocol": "realtime" };
    const first = await ask("/v1/realtime?model=m", { headers });
    expect(first.status).toBe(101);
    const client = clientOf(first);
    client.socket.send("hello");
    client.socket.close(1000);
    await provider.end?.closed;
    expect(provider.end?.messages).toEqual(["hello"]);
    expect(client.messages).toEqual(['{"type":"session.created"}']);
    const second = await ask("/v1/realtime?model=m", { headers });
    expect(second.status).toBe(101);
    clientOf(second).socket.close(1000);
    expect(sent.map(({ url }) => url)).toEqual(
      Array.from({ length: 3 }, () => "https://api.openai.com/v1/realtime?model=m"),
    );
    for (const handshake of sent) {
      expect(handshake.headers.get("authorization")).toBe(`Bearer ${KEYS.openai}`);
      expect(handshake.headers.get("sec-websocket-protocol")).toBe("realtime");
      expect(handshake.headers.get("upgrade")).toBe("websocket");
    }
  });

  it("and refuses the relay too is told to the client", async ({ expect }) => {
    vi.spyOn(console, "warn").mockReturnValue();
    const { sent } = fakeUpstream(refusal);
    const { secret } = await issue();
    const response = await ask("/v1/realtime", {
      headers: { upgrade: "websocket", authorization: `Bearer ${secret}` },
    });
    const client = clientOf(response);
    expect((await client.closed).code).toBe(1008);
    expect(String(client.messages[0])).toContain("unsupported_country_region_territory");
    expect(sent).toHaveLength(2);
  });
});
