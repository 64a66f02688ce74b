import type { LimitStanding, RateStanding } from "../shared/usage.ts";
import type { Dialect } from "./providers.ts";

/** What a rate counts, as the header names have it. */
type Unit = "requests" | "tokens";
/** Writes one rate. */
type Writer = (headers: Headers, unit: Unit, rate: RateStanding, now: number) => void;

const SECOND = 1_000;

/**
 * A time span as OpenAI writes it (`17ms`, `8.64s`, `6m0s`, `1h0m30s`).
 *
 * @param milliseconds below 0 counts as 0
 */
export function spanOf(milliseconds: number): string {
  const rest = Math.max(0, Math.ceil(milliseconds));
  if (rest > 0 && rest < SECOND) return `${rest}ms`;
  const [hours, minutes] = [Math.floor(rest / 3_600_000), Math.floor(rest / 60_000) % 60];
  const seconds = `${(rest % 60_000) / SECOND}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}

/** RFC 3339 without fractions, as Anthropic writes it; rounded up, so that nobody comes too early. */
const momentOf = (at: number): string =>
  new Date(Math.ceil(at / SECOND) * SECOND).toISOString().replace(/\.\d+Z$/, "Z");

/** A rate that refills all the time has parts of a request left. */
const wholeOf = (left: number): number => Math.max(0, Math.floor(left));

/** platform.openai.com/docs/guides/rate-limits, Rate limits in headers. Gemini has none of its own. */
const plain: Writer = (headers, unit, { limit, left, resetsAt }, now) => {
  headers.set(`x-ratelimit-limit-${unit}`, String(limit));
  headers.set(`x-ratelimit-remaining-${unit}`, String(wholeOf(left)));
  headers.set(`x-ratelimit-reset-${unit}`, spanOf(resetsAt - now));
};

const WRITERS: Record<Dialect, Writer> = {
  openai: plain,
  gemini: plain,
  // platform.claude.com/docs, Rate limits, Response headers.
  anthropic(headers, unit, { limit, left, resetsAt }) {
    headers.set(`anthropic-ratelimit-${unit}-limit`, String(limit));
    headers.set(`anthropic-ratelimit-${unit}-remaining`, String(wholeOf(left)));
    headers.set(`anthropic-ratelimit-${unit}-reset`, momentOf(resetsAt));
  },
};

/** Every header that is written here; a page may read them. */
export const LIMIT_HEADERS: readonly string[] = (["requests", "tokens"] as const).flatMap((unit) => [
  ...["limit", "remaining", "reset"].map((what) => `x-ratelimit-${what}-${unit}`),
  ...["limit", "remaining", "reset"].map((what) => `anthropic-ratelimit-${unit}-${what}`),
]);

/**
 * Tells a token's own rates in an answer's headers, by its provider's names. The provider's numbers, which are of the
 * whole account, have been taken out before.
 *
 * @param headers changed in place
 * @param standing how the limits stand beyond this request; null: the token has none, or they aren't known
 * @param dialect null where the provider can't be told
 * @param now ms since 1970
 */
export function addLimitHeaders(
  headers: Headers,
  standing: LimitStanding | null,
  dialect: Dialect | null,
  now: number,
): void {
  if (standing === null) return;
  const write = dialect === null ? plain : WRITERS[dialect];
  const { requestsPerMinute, tokensPerMinute } = standing;
  if (requestsPerMinute !== null) write(headers, "requests", requestsPerMinute, now);
  if (tokensPerMinute !== null) write(headers, "tokens", tokensPerMinute, now);
}
