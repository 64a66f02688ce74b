import { reset, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, it, vi } from "vitest";
import { fingerprintOf } from "../../../gateway/keys/fingerprint.ts";
import { fetchByRelay, Relay } from "../../../gateway/relay.ts";
import { fakeUpstream, gatewayEnv, KEYS } from "../support/gateway.ts";
import { poolEnv, POOL } from "../support/pools.ts";

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
    const response = await fetchByRelay(gatewayEnv.RELAY, "HKG", request, KEYS.openai);
    expect(await response.json()).toEqual({ ok: true });
    expect(Object.fromEntries(sent[0]?.headers ?? [])).toEqual({
      accept: "application/json",
      authorization: `Bearer ${KEYS.openai}`,
    });
    expect(warned).toHaveBeenCalledWith(JSON.stringify({ event: "relay_without_jurisdiction" }));
  });

  it("keeps nothing", async ({ expect }) => {
    fakeUpstream();
    await (await fetchByRelay(gatewayEnv.RELAY, "HKG", request, KEYS.openai)).text();
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
    const answer = await fetchByRelay(
      gatewayEnv.RELAY,
      "HKG",
      { ...request, headers: new Headers(handshake) },
      KEYS.openai,
    );
    await answer.text();
    expect(Object.fromEntries(sent[0]?.headers ?? [])).toMatchObject(handshake);
  });

  it("never follows a redirect", async ({ expect }) => {
    const { spy } = fakeUpstream();
    await (await fetchByRelay(gatewayEnv.RELAY, "HKG", request, KEYS.openai)).text();
    expect(spy.mock.calls[0]?.[1]?.redirect).toBe("manual");
  });

  it("takes the key that it is told by fingerprint, and sends nothing of that on", async ({ expect }) => {
    const { sent } = fakeUpstream();
    await runInDurableObject(gatewayEnv.RELAY.getByName("from HKG"), async (_relay, state) => {
      const relay = new Relay(state, poolEnv());
      for (const key of POOL.openai) {
        const told = { "x-doppelgate-route": "openai", "x-doppelgate-key": await fingerprintOf(key) };
        await (await relay.fetch(new Request(request.url, { headers: told }))).text();
      }
    });
    expect(sent.map(({ headers }) => Object.fromEntries(headers))).toEqual(
      POOL.openai.map((key) => ({ authorization: `Bearer ${key}` })),
    );
  });

  it("sends nothing with another key than the gateway knows", async ({ expect }) => {
    const { sent } = fakeUpstream();
    await runInDurableObject(gatewayEnv.RELAY.getByName("from HKG"), async (relay) => {
      const told = { "x-doppelgate-route": "openai", "x-doppelgate-key": await fingerprintOf("a-newer-key") };
      await expect(relay.fetch(new Request(request.url, { headers: told }))).rejects.toThrow(
        new TypeError("The relay hasn't the key that it was asked to use."),
      );
    });
    expect(sent).toEqual([]);
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
