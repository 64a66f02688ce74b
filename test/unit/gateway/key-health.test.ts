import { reset } from "cloudflare:test";
import { afterEach, describe, it, vi } from "vitest";
import { bindingsOf, type Bindings } from "../../../gateway/bindings.ts";
import { forgetNotes, isServedNews, noteRejected, providerFacts } from "../../../gateway/key-health.ts";
import { forgetAll } from "../../../gateway/lookup.ts";
import { ask, control, fakeUpstream, gatewayEnv, issue, KEYS } from "../support/gateway.ts";
import { fakeReceivers, HOOK_URL } from "../support/hooks.ts";
import { NOON, TestLedger } from "../support/ledgers.ts";

afterEach(async () => {
  forgetNotes();
  vi.restoreAllMocks();
  forgetAll();
  await reset();
});

/** What each provider says of a key that it doesn't accept, in the words that are known of it. */
const REJECTIONS = [
  [
    "openai",
    { authorization: "" },
    "/v1/models",
    401,
    { error: { message: "Incorrect API key provided: unit***-key.", code: "invalid_api_key" } },
  ],
  [
    "anthropic",
    { "x-api-key": "" },
    "/v1/models",
    401,
    { type: "error", error: { type: "authentication_error", message: "invalid x-api-key" } },
  ],
  [
    "anthropic",
    { "x-api-key": "" },
    "/v1/models",
    403,
    { type: "error", error: { type: "permission_error", message: "Your API key does not have permission" } },
  ],
  [
    "gemini",
    { "x-goog-api-key": "" },
    "/v1beta/models",
    400,
    { error: { code: 400, status: "INVALID_ARGUMENT", details: [{ reason: "API_KEY_INVALID" }] } },
  ],
  [
    "gemini",
    { "x-goog-api-key": "" },
    "/v1beta/models",
    403,
    { error: { code: 403, message: `Consumer 'api_key:${KEYS.gemini}' has been suspended.` } },
  ],
  [
    "gemini",
    { authorization: "" },
    "/v1beta/openai/models",
    400,
    [{ error: { code: 400, message: "API key not valid. Please pass a valid API key." } }],
  ],
] as const;

const NAMES = { openai: "OpenAI", anthropic: "Anthropic", gemini: "Google Gemini" };

const headersWith = (slot: object, secret: string): Record<string, string> =>
  Object.fromEntries(Object.keys(slot).map((name) => [name, name === "authorization" ? `Bearer ${secret}` : secret]));

const DEAD = { status: 401, code: "invalid_api_key" };
const UNKNOWN = { rejectedAt: null, throttledUntil: null, lastUsedAt: null, lastError: null };

const waiting = async () => (await control.webhooks())[0]?.waiting;
const rejectedAt = async () => (await control.facts()).providers.openai.rejectedAt;

describe("a provider that rejects the gateway's key", () => {
  for (const [provider, slot, path, status, body] of REJECTIONS) {
    it(`${provider} ${status} on ${path}: a neutral 503, and the owner knows`, async ({ expect }) => {
      const logged = vi.spyOn(console, "error").mockReturnValue();
      fakeUpstream(() => Response.json(body, { status }));
      const { secret } = await issue();
      const before = Date.now();
      const response = await ask(path, { headers: headersWith(slot, secret) });
      expect(response.status).toBe(503);
      expect(response.headers.get("x-doppelgate-error")).toBe("provider_key_rejected");
      expect(response.headers.get("x-should-retry")).toBe("false");
      const text = await response.text();
      expect(text).toContain(`${NAMES[provider]} does not accept this gateway's own key right now. Ask its owner.`);
      expect(text).not.toContain(KEYS[provider]);
      const lines = logged.mock.calls.map(([line]) => String(line)).join("\n");
      expect(lines).toContain('"event":"provider_key_rejected"');
      expect(lines).not.toContain(KEYS[provider]);
      await expect
        .poll(async () => (await control.facts()).providers[provider].rejectedAt)
        .toBeGreaterThanOrEqual(before);
    });
  }

  for (const [provider, slot, path, status, body] of [
    [
      "openai",
      { authorization: "" },
      "/v1/models",
      403,
      { error: { code: "model_not_found", message: "no access to model" } },
    ],
    [
      "anthropic",
      { "x-api-key": "" },
      "/v1/messages",
      400,
      { type: "error", error: { message: "messages: required" } },
    ],
    [
      "gemini",
      { "x-goog-api-key": "" },
      "/v1beta/models",
      400,
      { error: { status: "INVALID_ARGUMENT", message: "contents is not specified" } },
    ],
    [
      "gemini",
      { "x-goog-api-key": "" },
      "/v1beta/models",
      403,
      { error: { status: "PERMISSION_DENIED", message: "no access to file f" } },
    ],
  ] as const) {
    it(`${provider} ${status} about the request goes to the holder as it is`, async ({ expect }) => {
      fakeUpstream(() => Response.json(body, { status }));
      const { secret } = await issue();
      const response = await ask(path, { headers: headersWith(slot, secret) });
      expect(response.status).toBe(status);
      expect(await response.json()).toEqual(body);
      expect((await control.facts()).providers[provider]).toMatchObject({ configured: true, rejectedAt: null });
    });
  }

  it("leaves no part of the key in the log, wherever the reason is cut", async ({ expect }) => {
    const logged = vi.spyOn(console, "error").mockReturnValue();
    const { secret } = await issue();
    for (let before = 470; before < 500; before++) {
      fakeUpstream(() => new Response(`${"x".repeat(before)} ${KEYS.openai} is not known`, { status: 401 }));
      await ask("/v1/models", { headers: { authorization: `Bearer ${secret}` } });
    }
    const lines = logged.mock.calls.map(([line]) => String(line)).join("\n");
    expect(lines).toContain('"event":"provider_key_rejected"');
    expect(lines).not.toContain(KEYS.openai.slice(0, 6));
  });

  it("accepts it again: the note is taken back by the first good answer", async ({ expect }) => {
    vi.spyOn(console, "error").mockReturnValue();
    let status = 401;
    fakeUpstream(() => Response.json({}, { status }));
    const { secret } = await issue();
    await ask("/v1/models", { headers: { authorization: `Bearer ${secret}` } });
    await expect.poll(rejectedAt).not.toBeNull();
    status = 200;
    await ask("/v1/models", { headers: { authorization: `Bearer ${secret}` } });
    await expect.poll(rejectedAt).toBeNull();
  });

  it("isn't held against a new key, nor against another one", async ({ expect }) => {
    const bindings = bindingsOf(gatewayEnv);
    await noteRejected(bindings, "openai", KEYS.openai, DEAD, 1_000);
    const openai = { ...bindings.providers.openai, keys: ["another-key", KEYS.openai], places: [1, 3], unusable: [2] };
    const changed: Bindings = { ...bindings, providers: { ...bindings.providers, openai } };
    const fingerprint = expect.stringMatching(/^[0-9a-f]{8}$/);
    expect(await providerFacts(changed, "openai")).toEqual({
      configured: true,
      rejectedAt: 1_000,
      keys: [
        { ...UNKNOWN, fingerprint, place: 1 },
        { ...UNKNOWN, fingerprint, place: 3, rejectedAt: 1_000, lastError: { at: 1_000, ...DEAD } },
      ],
      unusable: [2],
      overridden: false,
    });
  });

  it("is written down once a minute, however many requests meet it", async ({ expect }) => {
    const bindings = bindingsOf(gatewayEnv);
    for (const now of [1_000, 2_000, 60_999]) await noteRejected(bindings, "openai", KEYS.openai, DEAD, now);
    expect(await rejectedAt()).toBe(1_000);
    await noteRejected(bindings, "openai", KEYS.openai, DEAD, 61_000);
    expect(await rejectedAt()).toBe(61_000);
  });

  it("is told to webhooks once a day, whoever meets it, and never what key it is", async ({ expect }) => {
    const ledger = await TestLedger.fresh();
    const { webhook } = await control.addWebhook({ url: HOOK_URL, events: ["provider_key.rejected"] });
    const bindings = bindingsOf(gatewayEnv);
    for (const now of [NOON, NOON + 61_000]) await noteRejected(bindings, "openai", KEYS.openai, DEAD, now);
    // As another isolate would: this one has forgotten.
    forgetNotes();
    await noteRejected(bindings, "openai", KEYS.openai, DEAD, NOON + 122_000);
    expect(await waiting()).toBe(1);
    await noteRejected(bindings, "openai", KEYS.openai, { ...DEAD, status: 403 }, NOON + 24 * 60 * 60_000);
    expect(await waiting()).toBe(2);
    const { messages } = fakeReceivers();
    await ledger.postAll();
    expect(messages.map(({ body }) => JSON.parse(body))).toEqual(
      [401, 403].map((status, day) => ({
        type: "provider_key.rejected",
        timestamp: new Date(NOON + day * 24 * 60 * 60_000).toISOString(),
        data: { provider: "openai", status },
      })),
    );
    await control.removeWebhook(webhook.id);
  });

  it("is noted all the same where the ledger can't be told", async ({ expect }) => {
    const logged = vi.spyOn(console, "warn").mockReturnValue();
    const ledgers = { getByName: () => ({ notify: async () => Promise.reject(new Error("storage")) }) };
    const bindings = { ...bindingsOf(gatewayEnv), ledgers } as unknown as Bindings;
    await noteRejected(bindings, "openai", KEYS.openai, DEAD, 1_000);
    expect(await rejectedAt()).toBe(1_000);
    expect(isServedNews(KEYS.openai, 1_001)).toBe(true);
    expect(logged.mock.calls.map(([line]) => String(line)).join()).toContain('"event":"ledger_failed"');
  });
});

describe("the only key of a provider", () => {
  const body = (words: string) => ({ error: { code: words, message: `out of money, ${KEYS.openai}` } });
  const known = async (provider: "openai" | "anthropic" = "openai") =>
    (await control.facts()).providers[provider].keys[0];

  it("that has no more to give: the answer is the holder's, and the owner knows", async ({ expect }) => {
    const answer = body("insufficient_quota");
    fakeUpstream(() => Response.json({ error: { ...answer.error, message: "out of money" } }, { status: 429 }));
    const { secret } = await issue();
    const response = await ask("/v1/models", { headers: { authorization: `Bearer ${secret}` } });
    expect([response.status, await response.json()]).toEqual([
      429,
      { error: { code: "insufficient_quota", message: "out of money" } },
    ]);
    await expect
      .poll(() => known())
      .toMatchObject({ rejectedAt: null, lastError: { status: 429, code: "insufficient_quota" } });
    expect((await known())?.throttledUntil).toBeGreaterThan(Date.now() + 4 * 60_000);
  });

  it("isn't throttled by an error that is about the request", async ({ expect }) => {
    fakeUpstream(() =>
      Response.json({ type: "error", error: { type: "invalid_request_error", message: "bad" } }, { status: 400 }),
    );
    const { secret } = await issue();
    const headers = { "x-api-key": secret };
    expect((await ask("/v1/messages", { method: "POST", body: "{}", headers })).status).toBe(400);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await known("anthropic")).toMatchObject({ throttledUntil: null, lastError: null });
  });

  it("is seen to be used, and no error of it is kept in words", async ({ expect }) => {
    vi.spyOn(console, "error").mockReturnValue();
    let status = 401;
    fakeUpstream(() => Response.json(status === 200 ? {} : body("invalid_api_key"), { status }));
    const { secret } = await issue();
    const headers = { authorization: `Bearer ${secret}` };
    await ask("/v1/models", { headers });
    await expect
      .poll(() => known())
      .toMatchObject({ lastUsedAt: null, lastError: { status: 401, code: "invalid_api_key" } });
    expect(JSON.stringify(await control.facts())).not.toMatch(/out of money|unit-test/);
    status = 200;
    const before = Date.now();
    await ask("/v1/models", { headers });
    await expect.poll(() => known()).toMatchObject({ rejectedAt: null, lastUsedAt: expect.any(Number) });
    expect((await known())?.lastUsedAt).toBeGreaterThanOrEqual(before);
  });
});
