import type { FieldError } from "../api/problem.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const DAY_LENGTH = "YYYY-MM-DD".length;

/** The most days that one report is about. */
export const MAX_DAYS = 400;
/** How many days a report is about where nobody said it. */
export const USUAL_DAYS = 30;

/** First and last day, `YYYY-MM-DD`, UTC, both included. */
export interface DayRange {
  from: string;
  to: string;
}

/** The day of a time (ms since 1970), in UTC. */
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, DAY_LENGTH);

/** The day that is `count` days after another one. */
export const addDays = (day: string, count: number): string => dayOf(Date.parse(day) + count * DAY_MS);

/** How many days a range has. */
export const countDays = ({ from, to }: DayRange): number => (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;

/** All days of a range, oldest first. */
export const daysOf = (range: DayRange): string[] =>
  Array.from({ length: countDays(range) }, (_, index) => addDays(range.from, index));

/** The last `count` days, today's among them. `now`: ms since 1970. */
export function lastDays(count: number, now: number): DayRange {
  const to = dayOf(now);
  return { from: addDays(to, 1 - count), to };
}

/**
 * The range that a query asks for: without a word of it the last 30 days; without an end up to today; without a beginning
 * the 30 days up to its end.
 *
 * @param asked days that exist, as the schemas check them
 * @param now ms since 1970
 */
export function rangeFrom(
  { from, to }: { from?: string | undefined; to?: string | undefined },
  now: number,
): { ok: true; range: DayRange } | { ok: false; errors: FieldError[] } {
  const last = to ?? dayOf(now);
  const range = { from: from ?? addDays(last, 1 - USUAL_DAYS), to: last };
  const count = countDays(range);
  if (count < 1) {
    const message = `The first day, ${range.from}, is after the last one, ${range.to}.`;
    return { ok: false, errors: [{ field: "from", message }] };
  }
  if (count <= MAX_DAYS) return { ok: true, range };
  const message = `This range has ${count} days; it may have at most ${MAX_DAYS}.`;
  return { ok: false, errors: [{ field: "from", message }] };
}
