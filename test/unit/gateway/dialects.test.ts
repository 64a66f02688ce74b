import { describe, it } from "vitest";
import { refusalResponse } from "../../../gateway/dialects.ts";
import type { Dialect } from "../../../gateway/providers.ts";
import type { Refusal } from "../../../gateway/refusals.ts";

const RESETS_AT = Date.UTC(2026, 11, 1);

/** The answer to a refusal: status, the headers that clients go by, and the body. */
async function answered(refusal: Refusal, dialect: Dialect | null) {
  const response = refusalResponse(refusal, dialect);
  return {
    status: response.status,
    retryAfter: response.headers.get("retry-after"),
    shouldRetry: response.headers.get("x-should-retry"),
    code: response.headers.get("x-doppelgate-error"),
    body: await response.json(),
  };
}

const BUDGET: Refusal = {
  code: "budget_used_up",
  unit: "usd",
  per: "month",
  limit: 5_000_000,
  left: 0,
  needed: 1_000,
  resetsAt: RESETS_AT,
};
const BUDGET_MESSAGE =
  "Your token's own budget of $5.00 a month is used up. It begins anew on Tue, 01 Dec 2026 00:00:00 GMT.";

describe("a budget that is used up", () => {
  const final = { retryAfter: null, shouldRetry: "false", code: "budget_used_up" };

  it("OpenAI: insufficient_quota, on which clients stop", async ({ expect }) => {
    expect(await answered(BUDGET, "openai")).toEqual({
      ...final,
      status: 429,
      body: {
        error: { message: BUDGET_MESSAGE, type: "insufficient_quota", param: null, code: "insufficient_quota" },
      },
    });
  });

  it("Anthropic: 402 billing_error, since its clients try again after 429", async ({ expect }) => {
    expect(await answered(BUDGET, "anthropic")).toEqual({
      ...final,
      status: 402,
      body: {
        type: "error",
        error: { type: "billing_error", message: BUDGET_MESSAGE },
        request_id: expect.any(String),
      },
    });
  });

  it("Gemini: a day's quota, whatever the period, since gemini-cli stops on that alone", async ({ expect }) => {
    for (const per of ["hour", "day", "week", "month", "total"] as const) {
      const { status, body } = await answered({ ...BUDGET, unit: "tokens", per, limit: 900 }, "gemini");
      expect(status).toBe(429);
      expect(body).toMatchObject({
        error: {
          code: 429,
          status: "RESOURCE_EXHAUSTED",
          details: [
            { reason: "QUOTA_EXHAUSTED", domain: "doppelgate" },
            {
              "@type": "type.googleapis.com/google.rpc.QuotaFailure",
              violations: [
                {
                  quotaId: expect.stringContaining("PerDay"),
                  quotaMetric: `doppelgate/tokens_per_${per}`,
                  quotaValue: "900",
                  description: expect.stringContaining("Your token's own budget of 900 tokens"),
                },
              ],
            },
          ],
        },
      });
      expect(JSON.stringify(body)).not.toContain("RetryInfo");
    }
  });

  it("an unknown provider: what each of them looks for", async ({ expect }) => {
    expect(await answered(BUDGET, null)).toMatchObject({
      ...final,
      status: 429,
      body: {
        type: "error",
        error: { type: "rate_limit_error", code: "insufficient_quota", status: "RESOURCE_EXHAUSTED" },
      },
    });
  });
});

describe("a rate that is reached", () => {
  for (const [name, refusal, type, wait] of [
    ["requests", { code: "rate_limited", unit: "requests", perMinute: 10, retryAfter: 6 }, "requests", 6],
    ["tokens", { code: "rate_limited", unit: "tokens", perMinute: 10, retryAfter: 7.2 }, "tokens", 8],
    ["at the same time", { code: "concurrency_limited", limit: 2, waitedSeconds: 10 }, "requests", 1],
    ["longer than clients wait", { code: "rate_limited", unit: "tokens", perMinute: 1, retryAfter: 300 }, "tokens", 60],
    ["now", { code: "rate_limited", unit: "requests", perMinute: 1, retryAfter: 0 }, "requests", 1],
  ] as const) {
    it(`${name}: clients wait ${wait} s and try again`, async ({ expect }) => {
      const passing = { status: 429, retryAfter: String(wait), shouldRetry: null, code: refusal.code };
      expect(await answered(refusal, "openai")).toMatchObject({
        ...passing,
        body: { error: { type, code: "rate_limit_exceeded" } },
      });
      expect(await answered(refusal, "anthropic")).toMatchObject({
        ...passing,
        body: { error: { type: "rate_limit_error" } },
      });
      const { body } = await answered(refusal, "gemini");
      expect(body).toMatchObject({
        error: {
          status: "RESOURCE_EXHAUSTED",
          details: [
            { reason: "RATE_LIMIT_EXCEEDED" },
            { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: `${wait}s` },
          ],
        },
      });
    });
  }

  it("where the request alone is too large for it, is for good", async ({ expect }) => {
    const refusal = { code: "rate_limited", unit: "tokens", perMinute: 10, retryAfter: 60, needed: 99 } as const;
    expect(await answered(refusal, "openai")).toMatchObject({ status: 429, retryAfter: null, shouldRetry: "false" });
    expect(await answered(refusal, "gemini")).toMatchObject({
      body: {
        error: {
          details: [
            { reason: "RATE_LIMIT_EXCEEDED" },
            {
              violations: [{ quotaId: expect.stringContaining("PerDay"), quotaMetric: "doppelgate/tokens_per_minute" }],
            },
          ],
        },
      },
    });
  });

  it("says whose it is", async ({ expect }) => {
    const { body } = await answered({ code: "rate_limited", unit: "requests", perMinute: 10, retryAfter: 6 }, "openai");
    expect(body).toMatchObject({
      error: { message: "Your token's own limit of 10 requests per minute is reached. Try again in 6 s." },
    });
  });
});

describe("what a token isn't for", () => {
  for (const [refusal, param] of [
    [{ code: "model_not_allowed", provider: "openai", model: "gpt-9", allowed: ["gpt-5*"] }, "model"],
    [{ code: "endpoint_not_allowed", provider: "openai" }, null],
    [{ code: "field_not_allowed", field: "previous_response_id" }, "previous_response_id"],
  ] as const) {
    it(`${refusal.code}: 403 for good, and the field by name`, async ({ expect }) => {
      const final = { status: 403, retryAfter: null, shouldRetry: "false", code: refusal.code };
      expect(await answered(refusal, "openai")).toMatchObject({
        ...final,
        body: { error: { type: "invalid_request_error", code: refusal.code, param } },
      });
      expect(await answered(refusal, "anthropic")).toMatchObject({
        ...final,
        body: { error: { type: "permission_error" } },
      });
      expect(await answered(refusal, "gemini")).toMatchObject({
        ...final,
        body: { error: { status: "PERMISSION_DENIED" } },
      });
    });
  }

  it("a request that is too large has Anthropic's own type", async ({ expect }) => {
    expect(await answered({ code: "request_too_large", limitBytes: 1_048_576 }, "anthropic")).toMatchObject({
      status: 413,
      body: { error: { type: "request_too_large", message: "The request is larger than 1 MiB." } },
    });
  });
});
