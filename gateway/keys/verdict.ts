import type { Provider } from "../../shared/providers.ts";
import { beginningOf } from "../peek.ts";
import { PROVIDER_ROWS, type KeyAnswer, type KeyExhaustion } from "../providers.ts";

/** The shortest and the longest time, in ms, for which a throttled key is left out, whatever the provider says. */
const SHORTEST_MS = 1_000;
const LONGEST_MS = 60_000;
/** Where the provider says nothing, in ms: providers count by the minute and let more through all the time. */
const UNSAID_MS = 5_000;

/** What an answer says of the key that was used; null: nothing. */
export type Verdict =
  /** The provider doesn't accept it. */
  | { key: "rejected"; text: string }
  /** It has no more to give for a while, in ms from now. */
  | { key: "throttled"; forMs: number; text: string }
  | null;

const saysIt = (row: KeyAnswer, status: number, text: string): boolean =>
  row.status === status && (row.body === null || row.body.test(text));

/** Google says it in its body (google.rpc.RetryInfo), the others in a header (RFC 9110 §10.2.3: seconds, or a date). */
function waitOf(headers: Headers, text: string, now: number): number | null {
  const milliseconds = headers.get("retry-after-ms") ?? "";
  if (/^\d+(?:\.\d+)?$/.test(milliseconds)) return Number(milliseconds);
  const after = headers.get("retry-after") ?? "";
  const seconds = /^\d+(?:\.\d+)?$/.exec(after)?.[0] ?? /"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"/.exec(text)?.[1];
  if (seconds !== undefined) return Number(seconds) * 1_000;
  const date = Date.parse(after);
  return Number.isNaN(date) ? null : date - now;
}

function timeOut({ forMs }: KeyExhaustion, headers: Headers, text: string, now: number): number {
  if (forMs !== null) return forMs;
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, waitOf(headers, text, now) ?? UNSAID_MS));
}

/** Whether a status may say that a key has no more to give: only its body may tell. */
export const mayBeThrottled = (provider: Provider, status: number): boolean =>
  PROVIDER_ROWS[provider].keyExhaustions.some((row) => row.status === status);

/**
 * Tells what an answer says of the key that was used, by the provider's row.
 *
 * @param answer the provider's, its body not yet read; it can still be handed on
 * @param isOneOfMany whether there are other keys: without any, a throttled one is used as before
 * @param now ms since 1970
 */
export async function verdictOf(
  provider: Provider,
  answer: Response,
  isOneOfMany: boolean,
  now: number,
): Promise<Verdict> {
  const { status, headers } = answer;
  const { keyRejections, keyExhaustions } = PROVIDER_ROWS[provider];
  const rows: readonly KeyAnswer[] = isOneOfMany ? [...keyRejections, ...keyExhaustions] : keyRejections;
  if (answer.ok || !rows.some((row) => row.status === status)) return null;
  const text = await beginningOf(answer);
  if (keyRejections.some((row) => saysIt(row, status, text))) return { key: "rejected", text };
  const exhaustion = isOneOfMany ? keyExhaustions.find((row) => saysIt(row, status, text)) : undefined;
  return exhaustion === undefined ? null : { key: "throttled", forMs: timeOut(exhaustion, headers, text, now), text };
}
