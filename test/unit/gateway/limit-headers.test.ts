import { describe, it } from "vitest";
import { failureOf } from "../../../gateway/failures.ts";
import { addLimitHeaders, LIMIT_HEADERS, spanOf } from "../../../gateway/limit-headers.ts";
import { Refused } from "../../../gateway/refusals.ts";
import type { LimitStanding } from "../../../shared/usage.ts";

const NOW = Date.UTC(2026, 10, 22, 8, 0, 0, 500);
const STANDING: LimitStanding = {
  requestsPerMinute: { limit: 60, left: 12.7, resetsAt: NOW + 8_640 },
  tokensPerMinute: { limit: 100_000, left: -5, resetsAt: NOW + 60_000 },
  concurrency: { limit: 2, running: 1, waiting: 0 },
  budgets: [],
};

const written = (...wanted: Parameters<typeof addLimitHeaders> extends [unknown, ...infer Rest] ? Rest : never) => {
  const headers = new Headers();
  addLimitHeaders(headers, ...wanted);
  return Object.fromEntries(headers);
};

describe("a time span as OpenAI writes it", () => {
  for (const [milliseconds, text] of [
    [-1, "0s"],
    [0, "0s"],
    [17, "17ms"],
    [1_000, "1s"],
    [8_640, "8.64s"],
    [60_000, "1m0s"],
    [360_000, "6m0s"],
    [3_600_000, "1h0m0s"],
    [90_061_001, "25h1m1.001s"],
  ] as const) {
    it(`${milliseconds} ms: ${text}`, ({ expect }) => expect(spanOf(milliseconds)).toBe(text));
  }
});

describe("a token's own rates", () => {
  const plain = {
    "x-ratelimit-limit-requests": "60",
    "x-ratelimit-remaining-requests": "12",
    "x-ratelimit-reset-requests": "8.64s",
    "x-ratelimit-limit-tokens": "100000",
    "x-ratelimit-remaining-tokens": "0",
    "x-ratelimit-reset-tokens": "1m0s",
  };
  const anthropic = {
    "anthropic-ratelimit-requests-limit": "60",
    "anthropic-ratelimit-requests-remaining": "12",
    "anthropic-ratelimit-requests-reset": "2026-11-22T08:00:10Z",
    "anthropic-ratelimit-tokens-limit": "100000",
    "anthropic-ratelimit-tokens-remaining": "0",
    "anthropic-ratelimit-tokens-reset": "2026-11-22T08:01:01Z",
  };
  for (const [dialect, headers] of [
    ["openai", plain],
    ["gemini", plain],
    [null, plain],
    ["anthropic", anthropic],
  ] as const) {
    it(`are told to ${dialect ?? "anyone"} by the provider's names`, ({ expect }) => {
      expect(written(STANDING, dialect, NOW)).toEqual(headers);
    });
  }

  it("are told only as far as it has any", ({ expect }) => {
    expect(written(null, "openai", NOW)).toEqual({});
    expect(Object.keys(written({ ...STANDING, requestsPerMinute: null }, "anthropic", NOW))).toEqual([
      "anthropic-ratelimit-tokens-limit",
      "anthropic-ratelimit-tokens-remaining",
      "anthropic-ratelimit-tokens-reset",
    ]);
    expect(written({ ...STANDING, requestsPerMinute: null, tokensPerMinute: null }, "openai", NOW)).toEqual({});
  });

  it("are all readable for pages", ({ expect }) => {
    expect([...Object.keys(plain), ...Object.keys(anthropic)].toSorted()).toEqual(LIMIT_HEADERS.toSorted());
  });
});

describe("an answer to a request that failed", () => {
  const refusal = { code: "rate_limited", unit: "requests", perMinute: 60, retryAfter: 9 } as const;

  it("tells what the guard said when it refused", ({ expect }) => {
    const { response } = failureOf(new Refused(refusal, null, STANDING), null, "anthropic", NOW);
    expect(response.headers.get("anthropic-ratelimit-requests-remaining")).toBe("12");
    expect(response.headers.get("retry-after")).toBe("9");
  });

  it("tells what its permit said", ({ expect }) => {
    const error = new Refused({ code: "provider_unreachable", provider: "openai", reason: "" });
    const { response } = failureOf(error, { standing: STANDING }, "openai", NOW);
    expect(response.headers.get("x-ratelimit-remaining-requests")).toBe("12");
  });

  it("tells nothing where nothing is known", ({ expect }) => {
    const { response } = failureOf(new Refused({ code: "unknown_token" }), null, "openai", NOW);
    expect([...response.headers.keys()].filter((name) => name.includes("ratelimit"))).toEqual([]);
  });
});
