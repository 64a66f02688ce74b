import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, type MockInstance, vi } from "vitest";
import { bindingsOf } from "../../../gateway/bindings.ts";
import { forgetNotes, providerFacts } from "../../../gateway/key-health.ts";
import { forgetAbsences } from "../../../gateway/keys/pool.ts";
import { ranked } from "../../../gateway/keys/rank.ts";
import { forgetAll } from "../../../gateway/lookup.ts";
import { REPLAY_LIMIT } from "../../../gateway/replay.ts";
import { issue, KEYS, type TestToken } from "../support/gateway.ts";
import { askPool, fakePool, poolEnv, POOL } from "../support/pools.ts";

let token: TestToken;
let env: GatewayEnv;
/** The pool in the order in which the token uses it. */
let order: string[];
let logged: MockInstance<typeof console.error>;

beforeEach(async () => {
  logged = vi.spyOn(console, "error").mockReturnValue();
  vi.spyOn(console, "warn").mockReturnValue();
  token = await issue();
  env = poolEnv();
  order = ranked(POOL.openai, token.record.id);
});

afterEach(async () => {
  forgetNotes();
  vi.restoreAllMocks();
  forgetAll();
  forgetAbsences();
  await reset();
});

const BODY = '{"model":"m","input":"x"}';
const fine = () => Response.json({ ok: true });
const rejected = () => Response.json({ error: { message: "Incorrect API key provided" } }, { status: 401 });
const throttled = (headers: Record<string, string> = {}) =>
  Response.json({ error: { message: "Rate limit reached", code: "rate_limit_exceeded" } }, { status: 429, headers });

const keysNow = async () => (await providerFacts(bindingsOf(env), "openai")).keys;

/** How many of the keys the owner is told to be rejected. */
const rejections = async () => (await keysNow()).filter(({ rejectedAt }) => rejectedAt !== null).length;

/** A POST with its length, as every SDK sends one. */
function post(body: string | ReadableStream<Uint8Array> = BODY, length: number | null = BODY.length) {
  const headers = {
    authorization: `Bearer ${token.secret}`,
    ...(length !== null && { "content-length": `${length}` }),
  };
  return askPool(env, "/v1/responses", { method: "POST", headers, body });
}

describe("a token", () => {
  it("stays on one key, and tokens are spread over all", async ({ expect }) => {
    const { used } = fakePool(fine);
    for (let times = 0; times < 5; times++) expect((await post()).status).toBe(200);
    expect(used()).toEqual(Array.from({ length: 5 }, () => order[0]));
    const tokens = await Promise.all(Array.from({ length: 20 }, () => issue()));
    for (const { secret } of tokens)
      await askPool(env, "/v1/models", { headers: { authorization: `Bearer ${secret}` } });
    expect(new Set(used()).size).toBe(3);
  });
});

describe("a key that the provider doesn't take", () => {
  for (const [name, answer] of [
    ["rejected", rejected],
    ["throttled", throttled],
  ] as const) {
    it(`${name}: the request goes on with the next one, the same bytes, and the key is left out`, async ({
      expect,
    }) => {
      const { sent, used } = fakePool((key) => (key === order[0] ? answer() : fine()));
      expect((await post()).status).toBe(200);
      expect(sent.map(({ body }) => body)).toEqual([BODY, BODY]);
      expect(used()).toEqual(order.slice(0, 2));
      await post();
      expect(used()).toEqual([order[0], order[1], order[1]]);
    });
  }

  it("two of them: the third one serves", async ({ expect }) => {
    const { sent } = fakePool((key) => (key === order[2] ? fine() : rejected()));
    expect((await post()).status).toBe(200);
    expect(sent.map(({ body }) => body)).toEqual([BODY, BODY, BODY]);
  });

  it("comes back when its time is over", async ({ expect }) => {
    const { used } = fakePool((key) => (key === order[0] ? throttled({ "retry-after": "20" }) : fine()));
    await post();
    const later = Date.now() + 20_000;
    vi.spyOn(Date, "now").mockReturnValue(later);
    await post();
    expect(used()).toEqual([order[0], order[1], order[0], order[1]]);
  });

  it("is named to the owner by its place, and in the facts by its fingerprint", async ({ expect }) => {
    fakePool((key) => (key === POOL.openai[1] ? rejected() : fine()));
    const before = Date.now();
    for (const { secret } of await Promise.all(Array.from({ length: 20 }, () => issue())))
      expect((await askPool(env, "/v1/models", { headers: { authorization: `Bearer ${secret}` } })).status).toBe(200);
    const lines = logged.mock.calls.map(([line]) => JSON.parse(String(line)) as object);
    expect(lines).toEqual([
      {
        event: "provider_key_rejected",
        provider: "openai",
        status: 401,
        secret: "OPENAI_API_KEY",
        position: 2,
        reason: '{"error":{"message":"Incorrect API key provided"}}',
      },
    ]);
    const known = async () => (await keysNow()).map(({ rejectedAt }) => rejectedAt);
    await expect.poll(known).toEqual([null, expect.any(Number), null]);
    const facts = await keysNow();
    expect(facts[1]?.rejectedAt).toBeGreaterThanOrEqual(before);
    expect(new Set(facts.map(({ fingerprint }) => fingerprint)).size).toBe(3);
  });

  it("is taken in again where it serves", async ({ expect }) => {
    let works = false;
    fakePool(() => (works ? fine() : rejected()));
    expect((await post()).status).toBe(503);
    await expect.poll(rejections).toBe(3);
    works = true;
    expect((await post()).status).toBe(200);
    await expect.poll(rejections).toBe(2);
  });
});

describe("a request that can't go on with the next key", () => {
  for (const [name, body, length] of [
    ["too large", "x".repeat(REPLAY_LIMIT + 1), REPLAY_LIMIT + 1],
    ["of unknown size", BODY, null],
  ] as const) {
    it(`its body is ${name}: it gets the answer, and the next request the next key`, async ({ expect }) => {
      const { used } = fakePool((key) => (key === order[0] ? throttled({ "retry-after": "3" }) : fine()));
      const response = await post(body, length);
      expect(response.status).toBe(429);
      expect(response.headers.get("retry-after")).toBe("3");
      expect(await response.json()).toMatchObject({ error: { code: "rate_limit_exceeded" } });
      expect((await post(body, length)).status).toBe(200);
      expect(used()).toEqual(order.slice(0, 2));
    });
  }

  it("no key is left: each is tried once, then one alone, and the last answer stands", async ({ expect }) => {
    const { used } = fakePool(() => throttled());
    expect((await post()).status).toBe(429);
    expect(used()).toEqual(order);
    expect((await post()).status).toBe(429);
    expect(used()).toHaveLength(4);
  });

  it("all keys are rejected: a neutral 503", async ({ expect }) => {
    const { used } = fakePool(rejected);
    const response = await post();
    expect(response.status).toBe(503);
    expect(response.headers.get("x-doppelgate-error")).toBe("provider_key_rejected");
    expect(await response.json()).toMatchObject({
      error: { message: "OpenAI does not accept this gateway's own key right now. Ask its owner." },
    });
    expect(used()).toEqual(order);
  });

  it("an answer that isn't about the key is final", async ({ expect }) => {
    for (const status of [400, 403, 404, 500, 503, 529]) {
      const { used } = fakePool(() => Response.json({}, { status }));
      expect((await post()).status).toBe(status);
      expect(used()).toEqual([order[0]]);
      vi.restoreAllMocks();
    }
  });

  it("a provider that can't be reached isn't asked with another key", async ({ expect }) => {
    const spy = vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError(`no route for ${order[1]}`));
    const response = await post();
    expect(response.status).toBe(503);
    expect(response.headers.get("x-doppelgate-error")).toBe("provider_unreachable");
    expect(spy).toHaveBeenCalledTimes(1);
    expect(String(logged.mock.calls[0])).not.toContain(order[1]);
  });

  it("nor one whose client broke its body off: nothing is learnt of the key, and the provider isn't blamed", async ({
    expect,
  }) => {
    const spy = vi.spyOn(globalThis, "fetch").mockRejectedValue(new Error("Network connection lost."));
    const before = await keysNow();
    const short = new Response(BODY.slice(0, 10)).body ?? new ReadableStream<Uint8Array>();
    const response = await post(short);
    expect([response.status, response.headers.get("x-doppelgate-error")]).toEqual([400, "unreadable_request"]);
    expect(response.headers.has("retry-after")).toBe(false);
    const message = "The body ended too soon, or one of its chunks is malformed. Send it again, whole.";
    expect(await response.json()).toMatchObject({ error: { message, type: "invalid_request_error" } });
    expect(spy).toHaveBeenCalledTimes(1);
    expect(await keysNow()).toEqual(before);
    expect(logged).not.toHaveBeenCalled();
  });
});

describe("one key alone", () => {
  it("is used as ever: a 429 passes, and it is asked again", async ({ expect }) => {
    env = poolEnv({ OPENAI_API_KEY: KEYS.openai });
    const tees = vi.spyOn(ReadableStream.prototype, "tee");
    const { used } = fakePool(() => throttled());
    for (let times = 0; times < 2; times++) expect((await post()).status).toBe(429);
    expect(used()).toEqual([KEYS.openai, KEYS.openai]);
    expect(tees).not.toHaveBeenCalled();
  });
});
