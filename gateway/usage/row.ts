import { COUNT_NAMES, ERROR_KINDS, noCounts, type RequestEntry, type UsageRow } from "../../shared/usage.ts";
import { microsOf, nanosOf } from "./money.ts";

/** What names a row within its token. */
export type RowKey = Pick<UsageRow, "day" | "provider" | "model">;

/** A row of nothing. */
export const emptyRow = (tokenId: string, { day, provider, model }: RowKey): UsageRow => ({
  tokenId,
  day,
  provider,
  model,
  requests: 0,
  errors: Object.fromEntries(ERROR_KINDS.map((kind) => [kind, 0])) as UsageRow["errors"],
  counts: noCounts(),
  micros: 0,
  unpriced: 0,
  estimated: 0,
  ttfbMs: 0,
  timed: 0,
  durationMs: 0,
});

/** What a row without a name of its own has to be added up from. */
const SUMS = ["requests", "unpriced", "estimated", "ttfbMs", "timed", "durationMs"] as const;

/** Adds a row to another one. */
export function addRow(to: UsageRow, row: UsageRow): void {
  for (const name of SUMS) to[name] += row[name];
  for (const name of COUNT_NAMES) to.counts[name] += row.counts[name];
  for (const kind of ERROR_KINDS) to.errors[kind] += row.errors[kind];
  // By way of whole numbers: sums of fractions drift.
  to.micros = microsOf(Math.round(to.micros * 1_000) + Math.round(row.micros * 1_000));
}

/**
 * Adds a request to a row.
 *
 * @param times 1; -1 takes back what was added before
 */
export function addEntry(to: UsageRow, entry: RequestEntry, times: 1 | -1): void {
  const { counts, micros, error, estimated, ttfbMs, durationMs } = entry;
  const one = emptyRow(to.tokenId, to);
  one.requests = times;
  if (error !== null) one.errors[error] = times;
  if (counts !== null) for (const name of COUNT_NAMES) one.counts[name] = counts[name] * times;
  one.micros = microsOf(nanosOf(micros)) * times;
  const isUsed = counts !== null && COUNT_NAMES.some((name) => counts[name] > 0);
  if (isUsed && micros === null) one.unpriced = times;
  if (estimated) one.estimated = times;
  if (ttfbMs !== null) {
    one.ttfbMs = ttfbMs * times;
    one.timed = times;
  }
  one.durationMs = durationMs * times;
  addRow(to, one);
}
