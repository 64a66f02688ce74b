import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { forgetAll } from "../../../../gateway/lookup.ts";
import { forgetFacts } from "../../../../gateway/reserved/told.ts";
import type { Limits } from "../../../../shared/policy.ts";
import { ask, askAs, fakeUpstream, issue } from "../../support/gateway.ts";

// The holder's side with everything behind it: the token's real guard, and requests on their way.

const limits = (change: Partial<Limits>): Limits => ({
  requestsPerMinute: null,
  tokensPerMinute: null,
  concurrency: null,
  queueSeconds: 0,
  budgets: [],
  ...change,
});

beforeEach(() => {
  vi.spyOn(console, "log").mockReturnValue();
  vi.spyOn(console, "info").mockReturnValue();
});

afterEach(async () => {
  vi.restoreAllMocks();
  forgetAll();
  forgetFacts();
  await reset();
});

const rates = ({ headers }: Response): Record<string, string> =>
  Object.fromEntries([...headers].filter(([name]) => name.includes("ratelimit")));

describe("a token with a rate", () => {
  it("is told its own numbers with each answer, never the account's, and with the refusal", async ({ expect }) => {
    const account = { "x-ratelimit-limit-requests": "5000", "x-ratelimit-remaining-tokens": "9" };
    const { sent } = fakeUpstream(() => Response.json({ data: [] }, { headers: account }));
    const { secret } = await issue({ limits: limits({ requestsPerMinute: 2 }) });
    for (const left of ["1", "0"]) {
      const answer = await askAs(secret, "/v1/models");
      expect(answer.status).toBe(200);
      expect(rates(answer)).toEqual({
        "x-ratelimit-limit-requests": "2",
        "x-ratelimit-remaining-requests": left,
        "x-ratelimit-reset-requests": expect.stringMatching(/^(?:1m)?[\d.]+s$/),
      });
    }
    const refused = await askAs(secret, "/v1/models");
    expect([refused.status, refused.headers.get("x-doppelgate-error")]).toEqual([429, "rate_limited"]);
    expect(rates(refused)).toMatchObject({
      "x-ratelimit-limit-requests": "2",
      "x-ratelimit-remaining-requests": "0",
    });
    const wait = Number(refused.headers.get("retry-after"));
    expect(wait).toBeGreaterThanOrEqual(1);
    expect(wait).toBeLessThanOrEqual(60);
    expect(sent).toHaveLength(2);
  });

  it("is told them by Anthropic's names on its route, and a page may read them", async ({ expect }) => {
    fakeUpstream();
    const { secret } = await issue({ limits: limits({ requestsPerMinute: 2 }) });
    const answer = await ask("/v1/models", {
      headers: { "x-api-key": secret, "anthropic-version": "2023-06-01", origin: "https://page.example" },
    });
    expect(rates(answer)).toEqual({
      "anthropic-ratelimit-requests-limit": "2",
      "anthropic-ratelimit-requests-remaining": "1",
      "anthropic-ratelimit-requests-reset": expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    expect(answer.headers.get("access-control-expose-headers")).toContain("anthropic-ratelimit-requests-remaining");
  });

  it("without one is told nothing", async ({ expect }) => {
    fakeUpstream(() => Response.json({}, { headers: { "x-ratelimit-limit-requests": "5000" } }));
    const { secret } = await issue();
    expect(rates(await askAs(secret, "/v1/models"))).toEqual({});
  });
});

describe("/-/me with the token's real guard", () => {
  it("says what is left, and counts as no request itself", async ({ expect }) => {
    fakeUpstream();
    const { secret } = await issue({
      limits: limits({ requestsPerMinute: 10, budgets: [{ usd: 5, per: "month", warnAt: null }] }),
    });
    await askAs(secret, "/v1/models");
    for (let times = 0; times < 3; times++) {
      forgetFacts();
      const response = await askAs(secret, "/-/me");
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({
        limits: {
          requestsPerMinute: { limit: 10, left: 9 },
          budgets: [{ unit: "usd", per: "month", limit: 5, used: 0, left: 5, resetsAt: expect.stringContaining("T") }],
        },
      });
    }
  });

  it("rotates: the old secret ends everywhere at once, the new one works, limits and all", async ({ expect }) => {
    fakeUpstream();
    const { secret, record } = await issue({ holderMay: ["rotate"], limits: limits({ requestsPerMinute: 10 }) });
    await askAs(secret, "/v1/models");
    const rotated = await askAs(secret, "/-/me/rotate", { method: "POST" });
    expect(rotated.status).toBe(200);
    const { secret: fresh }: { secret: string } = await rotated.json();
    for (const remembers of [true, false]) {
      if (!remembers) forgetAll();
      expect((await askAs(secret, "/v1/models")).status).toBe(401);
      const answer = await askAs(fresh, "/v1/models");
      expect(answer.status).toBe(200);
      expect(answer.headers.get("x-ratelimit-remaining-requests")).toBe(remembers ? "8" : "7");
    }
    expect(await (await askAs(fresh, "/-/me")).json()).toMatchObject({ token: record.id });
  });

  it("rotates with a grace: both secrets work", async ({ expect }) => {
    fakeUpstream();
    const { secret } = await issue({ holderMay: ["rotate"] });
    const body = JSON.stringify({ graceSeconds: 60 });
    const rotated = await askAs(secret, "/-/me/rotate", { method: "POST", body });
    const { secret: fresh }: { secret: string } = await rotated.json();
    forgetAll();
    for (const one of [secret, fresh]) expect((await askAs(one, "/v1/models")).status).toBe(200);
    expect(await (await askAs(secret, "/-/me")).json()).toMatchObject({ secretEndsAt: expect.stringContaining("T") });
  });

  it("rotates a typed token into a made one of the same id", async ({ expect }) => {
    fakeUpstream();
    const { secret, record } = await issue({ holderMay: ["rotate"] }, "typed-by-the-owner-once");
    const rotated = await askAs(secret, "/-/me/rotate", { method: "POST" });
    const body: { secret: string; token: string } = await rotated.json();
    forgetAll();
    expect(body.token).toBe(record.id);
    expect((await askAs(secret, "/v1/models")).status).toBe(401);
    expect((await askAs(body.secret, "/v1/models")).status).toBe(200);
  });

  it("revokes", async ({ expect }) => {
    const { sent } = fakeUpstream();
    const { secret } = await issue({ holderMay: ["revoke"] });
    expect((await askAs(secret, "/-/me/revoke", { method: "POST" })).status).toBe(200);
    for (const path of ["/v1/models", "/-/me"]) expect((await askAs(secret, path)).status).toBe(401);
    forgetAll();
    expect((await askAs(secret, "/v1/models")).status).toBe(401);
    expect(sent).toEqual([]);
  });

  it("does neither where the owner doesn't allow it", async ({ expect }) => {
    fakeUpstream();
    const { secret } = await issue();
    for (const action of ["rotate", "revoke"]) {
      const response = await askAs(secret, `/-/me/${action}`, { method: "POST" });
      expect([response.status, response.headers.get("x-doppelgate-error")]).toEqual([403, "holder_may_not"]);
    }
    expect((await askAs(secret, "/v1/models")).status).toBe(200);
  });
});
