import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { bindingsOf } from "../../../../gateway/bindings.ts";
import { forgetNotes, providerFacts } from "../../../../gateway/key-health.ts";
import { checkKeys } from "../../../../gateway/keys/check.ts";
import { forgetAbsences } from "../../../../gateway/keys/pool.ts";
import { control, fakeUpstream, KEYS } from "../../support/gateway.ts";
import { fakePool, POOL, poolEnv } from "../../support/pools.ts";

beforeEach(() => {
  vi.spyOn(console, "error").mockReturnValue();
});
afterEach(async () => {
  forgetNotes();
  forgetAbsences();
  vi.restoreAllMocks();
  await reset();
});

const error = (status: number, code: string) => () =>
  Response.json({ error: { code, message: `about ${POOL.openai[0]}` } }, { status });

describe("a look at the keys of a provider", () => {
  for (const [provider, url, header, value] of [
    ["openai", "https://api.openai.com/v1/models", "authorization", `Bearer ${KEYS.openai}`],
    ["anthropic", "https://api.anthropic.com/v1/models?limit=1", "x-api-key", KEYS.anthropic],
    ["gemini", "https://generativelanguage.googleapis.com/v1beta/models?pageSize=1", "x-goog-api-key", KEYS.gemini],
  ] as const) {
    it(`is a list of models, which costs nothing: ${provider}`, async ({ expect }) => {
      const { sent } = fakeUpstream(() => Response.json({ data: [] }));
      const found = await control.checkKeys(provider);
      expect(found).toMatchObject([{ place: 1, result: "ok", status: 200, code: null }]);
      expect(sent.map((one) => [one.method, one.url, one.headers.get(header)])).toEqual([["GET", url, value]]);
      expect(sent[0]?.headers.get("anthropic-version")).toBe(provider === "anthropic" ? "2023-06-01" : null);
    });
  }

  it("tells of each key how it stands, notes it, and tells nothing of a key or of a body", async ({ expect }) => {
    const bindings = bindingsOf(poolEnv());
    const answers: Record<string, () => Response> = {
      [POOL.openai[0]]: error(401, "invalid_api_key"),
      [POOL.openai[1]]: error(429, "insufficient_quota"),
      [POOL.openai[2]]: () => Response.json({ data: [] }),
    };
    fakePool((key) => answers[key]?.() ?? new Response(null, { status: 500 }));
    const before = Date.now();
    const found = await checkKeys(bindings, "openai");
    expect(found.map(({ place, result, status, code }) => [place, result, status, code])).toEqual([
      [1, "rejected", 401, "invalid_api_key"],
      [2, "throttled", 429, "insufficient_quota"],
      [3, "ok", 200, null],
    ]);
    for (const { ms } of found) expect(ms).toBeLessThan(10_000);
    const { keys } = await providerFacts(bindings, "openai");
    expect(keys.map(({ fingerprint }) => fingerprint)).toEqual(found.map(({ fingerprint }) => fingerprint));
    expect(keys).toMatchObject([
      { rejectedAt: expect.any(Number), lastError: { status: 401, code: "invalid_api_key" }, lastUsedAt: null },
      { rejectedAt: null, lastError: { status: 429, code: "insufficient_quota" } },
      { rejectedAt: null, lastError: null },
    ]);
    expect(keys[1]?.throttledUntil).toBeGreaterThan(before + 4 * 60_000);
    expect(keys[2]?.lastUsedAt).toBeGreaterThanOrEqual(before);
    expect(JSON.stringify([found, keys])).not.toMatch(/pool-openai|about/);
  });

  it("takes a rejection back, whoever noted it", async ({ expect }) => {
    const bindings = bindingsOf(poolEnv());
    let works = false;
    fakePool(() => (works ? Response.json({}) : error(401, "invalid_api_key")()));
    await checkKeys(bindings, "openai");
    expect((await providerFacts(bindings, "openai")).rejectedAt).not.toBeNull();
    // As another isolate would, which noted nothing.
    forgetNotes();
    works = true;
    await checkKeys(bindings, "openai");
    expect((await providerFacts(bindings, "openai")).rejectedAt).toBeNull();
  });

  for (const [name, answer, result, status] of [
    ["another error", error(500, "server_error"), "failed", 500],
    ["a location that isn't served", error(403, "unsupported_country_region_territory"), "failed", 403],
    ["a redirect, which isn't followed", () => Response.redirect("https://elsewhere.example/", 302), "failed", 302],
    ["no answer", () => Promise.reject(new Error(`no way to ${KEYS.openai}`)), "unreachable", null],
  ] as const) {
    it(`holds nothing against a key: ${name}`, async ({ expect }) => {
      fakeUpstream(answer);
      expect(await control.checkKeys("openai")).toMatchObject([{ result, status, code: null }]);
      expect((await control.facts()).providers.openai).toMatchObject({ rejectedAt: null, keys: [{ lastError: null }] });
    });
  }

  it("is of 40 keys at most, and of none where none is set", async ({ expect }) => {
    const many = Array.from({ length: 41 }, (_, index) => `many-${index}`).join("\n");
    const { used } = fakePool(() => Response.json({}));
    expect(await checkKeys(bindingsOf(poolEnv({ OPENAI_API_KEY: many })), "openai")).toHaveLength(40);
    expect(await checkKeys(bindingsOf(poolEnv({ OPENAI_API_KEY: "" })), "openai")).toEqual([]);
    expect(used()).toHaveLength(40);
  });
});

describe("what the gateway tells of a provider", () => {
  it("is where its keys stand, which can't be used, and whether a var leads elsewhere: not where", async ({
    expect,
  }) => {
    const env = poolEnv({ OPENAI_API_KEY: "sk-a\nsk b\nsk-c", OPENAI_UPSTREAM: "https://elsewhere.example" });
    const facts = await providerFacts(bindingsOf(env), "openai");
    expect(facts).toMatchObject({
      configured: true,
      unusable: [2],
      overridden: true,
      keys: [{ place: 1 }, { place: 3 }],
    });
    expect(JSON.stringify(facts)).not.toContain("elsewhere");
    const none = await providerFacts(bindingsOf(poolEnv({ OPENAI_API_KEY: "a b" })), "openai");
    expect(none).toMatchObject({ configured: false, unusable: [1], overridden: false, keys: [] });
  });

  it("has the version of its code and the day of its prices", async ({ expect }) => {
    const { version, pricesDate } = await control.facts();
    expect([version, pricesDate]).toEqual([
      expect.stringMatching(/^\d+\.\d+\.\d+/),
      expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    ]);
  });
});
