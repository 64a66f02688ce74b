import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { forgetAbsences } from "../../../gateway/keys/pool.ts";
import { ranked } from "../../../gateway/keys/rank.ts";
import { forgetAll } from "../../../gateway/lookup.ts";
import { localLocation } from "../../../gateway/stages/respond.ts";
import { fakeUpstream, issue, type TestToken } from "../support/gateway.ts";
import { askPool, fakePool, poolEnv, POOL } from "../support/pools.ts";
import { acceptedBy, clientOf, type ProviderSocket } from "../support/sockets.ts";

let token: TestToken;
let env: GatewayEnv;
/** The pool in the order in which the token uses it. */
let order: string[];

beforeEach(async () => {
  vi.spyOn(console, "error").mockReturnValue();
  vi.spyOn(console, "warn").mockReturnValue();
  token = await issue();
  env = poolEnv();
  order = ranked(POOL.openai, token.record.id);
});

afterEach(async () => {
  vi.restoreAllMocks();
  forgetAll();
  forgetAbsences();
  await reset();
});

describe("no key of the pool reaches a holder", () => {
  const all = POOL.openai.join(" and ");

  it("in an error body, a header or a reason phrase", async ({ expect }) => {
    const headers = { "x-note": `see ${order[2]}`, "x-fine": "1" };
    fakeUpstream(() => new Response(`{"error":"${all}"}`, { status: 404, statusText: `No ${order[1]}`, headers }));
    const response = await askPool(env, "/v1/models", { headers: { authorization: `Bearer ${token.secret}` } });
    expect(await response.text()).toBe('{"error":"[provider key] and [provider key] and [provider key]"}');
    expect(response.headers.get("x-fine")).toBe("1");
    expect(response.headers.has("x-note")).toBe(false);
    expect(response.statusText).not.toContain("pool");
  });

  it("in a redirect", ({ expect }) => {
    const asked = "https://api.openai.com/v1/files/f/content";
    const way = { keys: POOL.openai, target: { path: "/", query: "" } };
    for (const key of POOL.openai)
      expect(localLocation(`/v1/elsewhere?note=${key}&a=1`, asked, way)).toBe("/v1/elsewhere?a=1");
  });

  it("in a frame or a close reason", async ({ expect }) => {
    const provider: ProviderSocket = {};
    fakeUpstream(() => {
      const answer = acceptedBy(provider)();
      provider.end?.socket.send(`{"note":"${all}"}`);
      provider.end?.socket.send(new TextEncoder().encode(all));
      provider.end?.socket.close(4000, `bad ${order[2]}`);
      return answer;
    });
    const headers = { upgrade: "websocket", authorization: `Bearer ${token.secret}` };
    const client = clientOf(await askPool(env, "/v1/realtime", { headers }));
    expect(await client.closed).toEqual({ code: 4000, reason: "bad [provider key]" });
    const [, text, bytes] = client.messages;
    const clean = "[provider key] and [provider key] and [provider key]";
    expect(text).toBe(`{"note":"${clean}"}`);
    expect(bytes).toEqual([...new TextEncoder().encode(clean)]);
  });
});

const throttled = () => Response.json({ error: { code: "rate_limit_exceeded" } }, { status: 429 });
const rejected = () => Response.json({ error: { message: "Incorrect API key provided" } }, { status: 401 });

describe("a socket", () => {
  it("is dialled with the next key where the first isn't taken", async ({ expect }) => {
    const provider: ProviderSocket = {};
    const accept = acceptedBy(provider);
    const { used } = fakePool((key) => (key === order[0] ? throttled() : key === order[1] ? rejected() : accept()));
    const headers = { upgrade: "websocket", authorization: `Bearer ${token.secret}` };
    const response = await askPool(env, "/v1/realtime", { headers });
    expect(response.status).toBe(101);
    const client = clientOf(response);
    await expect.poll(() => client.messages).toEqual(['{"type":"session.created"}']);
    client.socket.close(1000);
    await provider.end?.closed;
    expect(used()).toEqual(order);
  });

  it("is refused where no key is taken", async ({ expect }) => {
    fakePool(rejected);
    const headers = { upgrade: "websocket", authorization: `Bearer ${token.secret}` };
    const client = clientOf(await askPool(env, "/v1/realtime", { headers }));
    expect(await client.closed).toEqual({
      code: 1008,
      reason: "OpenAI does not accept this gateway's own key right now. Ask its owner.",
    });
  });
});
