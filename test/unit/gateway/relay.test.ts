import { reset, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, it, vi } from "vitest";
import { fetchByRelay } from "../../../gateway/relay.ts";
import { fakeUpstream, gatewayEnv, KEYS } from "../support/gateway.ts";

afterEach(async () => {
  vi.restoreAllMocks();
  await reset();
});

describe("the relay itself", () => {
  const request = {
    route: "openai" as const,
    url: "https://api.openai.com/v1/models",
    method: "GET",
    headers: new Headers({ accept: "application/json" }),
    body: null,
    signal: new AbortController().signal,
  };

  it("works where jurisdictions aren't implemented, and says so", async ({ expect }) => {
    const warned = vi.spyOn(console, "warn");
    const { sent } = fakeUpstream();
    const response = await fetchByRelay(gatewayEnv.RELAY, "HKG", request);
    expect(await response.json()).toEqual({ ok: true });
    expect(Object.fromEntries(sent[0]?.headers ?? [])).toEqual({
      accept: "application/json",
      authorization: `Bearer ${KEYS.openai}`,
    });
    expect(warned).toHaveBeenCalledWith(JSON.stringify({ event: "relay_without_jurisdiction" }));
  });

  it("keeps nothing", async ({ expect }) => {
    fakeUpstream();
    await (await fetchByRelay(gatewayEnv.RELAY, "HKG", request)).text();
    await runInDurableObject(gatewayEnv.RELAY.getByName("from HKG"), async (_relay, { storage }) => {
      expect(await storage.list()).toEqual(new Map());
      expect([...storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'")]).toEqual(
        [],
      );
    });
  });

  it("passes on a WebSocket handshake that the gateway made", async ({ expect }) => {
    const { sent } = fakeUpstream();
    const handshake = { upgrade: "websocket", "sec-websocket-protocol": "realtime" };
    const answer = await fetchByRelay(gatewayEnv.RELAY, "HKG", { ...request, headers: new Headers(handshake) });
    await answer.text();
    expect(Object.fromEntries(sent[0]?.headers ?? [])).toMatchObject(handshake);
  });

  it("never follows a redirect", async ({ expect }) => {
    const { spy } = fakeUpstream();
    await (await fetchByRelay(gatewayEnv.RELAY, "HKG", request)).text();
    expect(spy.mock.calls[0]?.[1]?.redirect).toBe("manual");
  });

  for (const [what, route, url, message] of [
    ["another host", "openai", "https://evil.example/v1/models", "The relay goes to providers only."],
    ["another provider's host", "openai", "https://api.anthropic.com/v1/models", "The relay goes to providers only."],
    [
      "a route that isn't one",
      "constructor",
      "https://api.openai.com/v1/models",
      "The relay was asked without a route.",
    ],
  ] as const) {
    it(`takes the key to no ${what}`, async ({ expect }) => {
      const { sent } = fakeUpstream();
      await runInDurableObject(gatewayEnv.RELAY.getByName("from HKG"), async (relay) => {
        const asked = new Request(url, { headers: { "x-doppelgate-route": route } });
        await expect(relay.fetch(asked)).rejects.toThrow(new TypeError(message));
      });
      expect(sent).toEqual([]);
    });
  }
});
