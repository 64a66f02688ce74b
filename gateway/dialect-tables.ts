import type { Dialect } from "./providers.ts";
import type { Refusal } from "./refusals.ts";

// How the providers call things in their error bodies; read by `dialects.ts` alone.

/** How a status is named in each provider's error bodies. */
export interface StatusNames {
  /** `error.type` of OpenAI; its `error.code` is ours, where the row below names none. */
  openai: string;
  /** `error.type` of Anthropic (platform.claude.com/docs, Errors). */
  anthropic: string;
  /** `error.status` of Google (google.rpc.Code). */
  gemini: string;
}

const STATUS_NAMES: Record<number, StatusNames> = {
  401: { openai: "invalid_request_error", anthropic: "authentication_error", gemini: "UNAUTHENTICATED" },
  402: { openai: "insufficient_quota", anthropic: "billing_error", gemini: "RESOURCE_EXHAUSTED" },
  403: { openai: "invalid_request_error", anthropic: "permission_error", gemini: "PERMISSION_DENIED" },
  404: { openai: "invalid_request_error", anthropic: "not_found_error", gemini: "NOT_FOUND" },
  413: { openai: "invalid_request_error", anthropic: "request_too_large", gemini: "INVALID_ARGUMENT" },
  429: { openai: "requests", anthropic: "rate_limit_error", gemini: "RESOURCE_EXHAUSTED" },
  504: { openai: "server_error", anthropic: "timeout_error", gemini: "DEADLINE_EXCEEDED" },
};
const CLIENT_ERROR: StatusNames = {
  openai: "invalid_request_error",
  anthropic: "invalid_request_error",
  gemini: "INVALID_ARGUMENT",
};
const SERVER_ERROR: StatusNames = { openai: "server_error", anthropic: "api_error", gemini: "UNAVAILABLE" };

/** The names that go with a status. */
export const namesOf = (status: number): StatusNames =>
  STATUS_NAMES[status] ?? (status < 500 ? CLIENT_ERROR : SERVER_ERROR);

/** What a refusal is called where a provider has its own word for the case; else its own code stands there. */
interface Words {
  /** The status, where a provider has another one for it than all others. */
  status?: Partial<Record<Dialect, number>>;
  openai?: { type?: string; code: string };
  /** `reason` of google.rpc.ErrorInfo. */
  gemini?: string;
}

const BAD_KEY: Words = { openai: { code: "invalid_api_key" }, gemini: "API_KEY_INVALID" };
const TOO_FAST: Words = { openai: { code: "rate_limit_exceeded" }, gemini: "RATE_LIMIT_EXCEEDED" };

/** The providers' own words. */
export const WORDS: Partial<Record<Refusal["code"], Words>> = {
  missing_token: BAD_KEY,
  unknown_token: BAD_KEY,
  expired_token: BAD_KEY,
  rate_limited: TOO_FAST,
  concurrency_limited: TOO_FAST,
  budget_used_up: {
    // Claude Code tries again after 429, and prints the message of a 402.
    status: { anthropic: 402 },
    // Codex and LangChain stop at once on this code; other clients by `x-should-retry`.
    openai: { type: "insufficient_quota", code: "insufficient_quota" },
    gemini: "QUOTA_EXHAUSTED",
  },
};

/** The field of the request that a refusal is about, as OpenAI's `error.param`; null: none. */
export function paramOf(refusal: Refusal): string | null {
  if (refusal.code === "field_not_allowed") return refusal.field;
  return refusal.code === "model_not_allowed" ? "model" : null;
}

/** OpenAI names a rate's unit in `error.type`. */
export const openaiType = (refusal: Refusal, names: StatusNames): string =>
  refusal.code === "rate_limited" ? refusal.unit : (WORDS[refusal.code]?.openai?.type ?? names.openai);

/** What a refusal for good says of a limit: what it counts, for how long, and how much; null: it is about none. */
function quotaOf(refusal: Refusal): { what: string; per: string; limit: number } | null {
  if (refusal.code === "budget_used_up") {
    return { what: refusal.unit === "usd" ? "micro_dollars" : "tokens", per: refusal.per, limit: refusal.limit };
  }
  // A request that alone may use more than a minute has.
  if (refusal.code !== "rate_limited" || refusal.needed === undefined) return null;
  return { what: refusal.unit, per: "minute", limit: refusal.perMinute };
}

/**
 * What Google says of a quota that is used up (google.rpc.QuotaFailure). gemini-cli stops at once on a `quotaId` of a day's
 * quota and tries for minutes on any other, so every one is one here.
 *
 * @returns null where trying again may help, or the refusal is about no limit
 */
export function quotaFailure(refusal: Refusal, message: string): object | null {
  const quota = quotaOf(refusal);
  if (quota === null) return null;
  const { what, per, limit } = quota;
  return {
    "@type": "type.googleapis.com/google.rpc.QuotaFailure",
    violations: [
      {
        description: message,
        quotaMetric: `doppelgate/${what}_per_${per}`,
        quotaId: "DoppelgateTokenBudgetPerDay",
        quotaValue: String(limit),
      },
    ],
  };
}
