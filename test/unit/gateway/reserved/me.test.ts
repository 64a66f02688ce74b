import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import type { Bindings } from "../../../../gateway/bindings.ts";
import { forgetAll } from "../../../../gateway/lookup.ts";
import { forgetFacts } from "../../../../gateway/reserved/told.ts";
import { noCounts } from "../../../../shared/usage.ts";
import { makeToken, publish, type TestToken } from "../../support/gateway.ts";
import { bindingsWith, toldGuard, type ToldGuard, usedRow, visit } from "../../support/holders.ts";

const EXPIRES = Date.UTC(2030, 0, 1);

let token: TestToken;
let guard: ToldGuard;
let bindings: Bindings;

beforeEach(async () => {
  vi.spyOn(console, "warn").mockReturnValue();
  token = await makeToken({
    label: "the owner's word",
    note: "a private note",
    providers: ["openai", "gemini"],
    models: { openai: ["gpt-*"] },
    endpoints: "inference",
    networks: ["203.0.113.0/24"],
    expiresAt: EXPIRES,
    holderMay: ["rotate"],
  });
  await publish(token);
  guard = toldGuard(token.record);
  bindings = bindingsWith(guard);
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  forgetAll();
  forgetFacts();
  await reset();
});

const INSIDE = { "cf-connecting-ip": "203.0.113.7" };
const asBearer = (secret: string) => ({ headers: { authorization: `Bearer ${secret}`, ...INSIDE } });

describe("GET /-/me", () => {
  it("says what the token may do, and nothing that is the owner's alone", async ({ expect }) => {
    const response = await visit(bindings, "/-/me", asBearer(token.secret));
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const body: unknown = await response.json();
    expect(body).toEqual({
      token: token.record.id,
      expiresAt: "2030-01-01T00:00:00.000Z",
      secretEndsAt: null,
      providers: {
        openai: { configured: true, models: ["gpt-*"] },
        gemini: { configured: true, models: null },
      },
      endpoints: "inference",
      activeHours: null,
      boundToNetworks: true,
      boundToCountries: false,
      holderMay: ["rotate"],
      limits: { requestsPerMinute: null, tokensPerMinute: null, concurrency: null, budgets: [] },
      usage: {
        from: expect.stringMatching(/^\d{4}-\d{2}-01$/),
        to: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
        models: [],
        total: { requests: 0, inputTokens: 0, outputTokens: 0, usd: 0, unpriced: 0 },
      },
    });
    const text = JSON.stringify(body);
    for (const secret of [token.secret, token.hash, "the owner's word", "a private note", "203.0.113"])
      expect(text).not.toContain(secret);
  });

  it("says what is used, left, and when it begins anew", async ({ expect }) => {
    const resetsAt = Date.UTC(2026, 11, 1);
    guard.standing = {
      requestsPerMinute: { limit: 10, left: 3, resetsAt },
      tokensPerMinute: null,
      concurrency: { limit: 2, running: 1, waiting: 0 },
      budgets: [
        { unit: "usd", per: "month", limit: 5e6, used: 1.25e6, reserved: 1e5, left: 3.65e6, resetsAt, warnAt: 0.8 },
        { unit: "tokens", per: "total", limit: 1_000, used: 10, reserved: 0, left: 990, resetsAt: null, warnAt: null },
      ],
    };
    guard.rows = [
      usedRow({ key: "gpt-5.5", requests: 4, micros: 1.25e6, counts: { ...noCounts(), input: 100, output: 20 } }),
      usedRow({ key: "", provider: "gemini", unpriced: 1 }),
    ];
    const response = await visit(bindings, "/-/me", asBearer(token.secret));
    expect(await response.json()).toMatchObject({
      limits: {
        requestsPerMinute: { limit: 10, left: 3, resetsAt: "2026-12-01T00:00:00.000Z" },
        tokensPerMinute: null,
        concurrency: { limit: 2, running: 1, waiting: 0 },
        budgets: [
          {
            unit: "usd",
            per: "month",
            limit: 5,
            used: 1.25,
            reserved: 0.1,
            left: 3.65,
            resetsAt: "2026-12-01T00:00:00.000Z",
          },
          { unit: "tokens", per: "total", limit: 1_000, used: 10, reserved: 0, left: 990, resetsAt: null },
        ],
      },
      usage: {
        models: [
          { provider: "openai", model: "gpt-5.5", requests: 4, inputTokens: 100, outputTokens: 20, usd: 1.25 },
          { provider: "gemini", model: "", requests: 1, usd: 0, unpriced: 1 },
        ],
        total: { requests: 5, inputTokens: 100, outputTokens: 20, usd: 1.25, unpriced: 1 },
      },
    });
  });

  it("says until when a rotated secret works", async ({ expect }) => {
    const secrets = token.record.secrets.map((secret) => ({ ...secret, endsAt: EXPIRES }));
    await publish({ ...token, record: { ...token.record, secrets } });
    const response = await visit(bindings, "/-/me", asBearer(token.secret));
    expect(await response.json()).toMatchObject({ secretEndsAt: "2030-01-01T00:00:00.000Z" });
  });

  for (const [slot, path, headers] of [
    ["Bearer", "/-/me", (secret: string) => ({ authorization: `Bearer ${secret}` })],
    ["x-api-key", "/-/me", (secret: string) => ({ "x-api-key": secret })],
    ["x-goog-api-key", "/-/me", (secret: string) => ({ "x-goog-api-key": secret })],
    ["the query", "/-/me?key=", () => ({})],
  ] as const) {
    it(`takes the token in ${slot}`, async ({ expect }) => {
      const target = path.endsWith("=") ? path + token.secret : path;
      expect((await visit(bindings, target, { headers: { ...headers(token.secret), ...INSIDE } })).status).toBe(200);
    });
  }

  it("asks a guard once a second at most", async ({ expect }) => {
    for (let times = 0; times < 5; times++) await visit(bindings, "/-/me", asBearer(token.secret));
    expect(guard.asked.toSorted()).toEqual(["activity", "recall", "usage"]);
    const later = Date.now() + 1_000;
    vi.spyOn(Date, "now").mockReturnValue(later);
    await visit(bindings, "/-/me", asBearer(token.secret));
    expect(guard.asked.filter((what) => what === "activity")).toHaveLength(2);
  });
});
