import { COUNT_NAMES, noCounts, type RequestEntry, tokensOf, type UsageCounts } from "../../shared/usage.ts";
import { refusalResponse } from "../dialects.ts";
import type { Ask, Asked, LimitRefusal } from "../permits.ts";
import { ROUTE_ROWS } from "../providers.ts";
import type { Amount } from "./books.ts";
import { microsOf, nanosOf, wholeTokens } from "../usage/money.ts";
import type { Reservation } from "./reservations.ts";

/** Longer names are no model's. */
const LONGEST_MODEL = 200;

const isCount = (count: number): boolean => Number.isFinite(count) && count >= 0;

const cleanCounts = (counts: UsageCounts): UsageCounts =>
  Object.fromEntries(COUNT_NAMES.map((name) => [name, isCount(counts[name]) ? counts[name] : 0])) as UsageCounts;

/** What an entry has used, as the books count it. */
export const amountOfEntry = ({ micros, counts }: RequestEntry): Amount => ({
  nanos: nanosOf(micros),
  tokens: counts === null ? 0 : wholeTokens(tokensOf(counts)),
});

/** An entry as it is booked: in whole nano-dollars, so that the log adds up to the books, and with numbers alone. */
export const cleaned = (entry: RequestEntry): RequestEntry => ({
  ...entry,
  model: entry.model?.slice(0, LONGEST_MODEL) ?? null,
  counts: entry.counts === null ? null : cleanCounts(entry.counts),
  micros: entry.micros === null ? null : microsOf(nanosOf(entry.micros)),
});

/** An entry of which nothing counts but that it was there. */
export const unused = (entry: RequestEntry): RequestEntry => ({
  ...entry,
  counts: null,
  raw: {},
  micros: null,
  estimated: false,
});

/** Of a request that was asked for, and of which nothing else is known. */
const blank = ({ at, provider, route, endpoint, model }: Asked, id: string): RequestEntry => ({
  id,
  at,
  provider,
  route,
  endpoint,
  model: model?.slice(0, LONGEST_MODEL) ?? null,
  status: 0,
  refusedBy: null,
  code: null,
  error: null,
  counts: null,
  raw: {},
  micros: null,
  estimated: false,
  ttfbMs: null,
  durationMs: 0,
});

/**
 * The entry of a request that a limit refused.
 *
 * @param now ms since 1970
 */
export function refusedEntry(ask: Ask, refusal: LimitRefusal, now: number): RequestEntry {
  const { status } = refusalResponse(refusal, ROUTE_ROWS[ask.route].dialect);
  const facts = { status, refusedBy: "gateway", code: refusal.code, error: "limit" } as const;
  return { ...blank(ask, ask.permit), ...facts, durationMs: Math.max(0, now - ask.at) };
}

/**
 * The entry of a request, or a lease, that was lost: the isolate that it was in has died, say. It counts as all that was held for
 * it. What the holder saw, nobody knows: its status is 0.
 */
export function lostEntry({ permit, tokens, over, asked }: Reservation): RequestEntry {
  const facts = { code: "lost", error: "gateway", estimated: true } as const;
  const entry = { ...blank(asked, permit), ...facts };
  if (over !== null) return entry;
  const { micros } = asked.estimate;
  // Which of them were input, an estimate doesn't say.
  const counts = { ...noCounts(), input: tokens };
  return { ...entry, counts, micros: micros === null ? null : microsOf(nanosOf(micros)) };
}
