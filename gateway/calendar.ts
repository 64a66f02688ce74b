import type { BudgetPeriod } from "../shared/policy.ts";

// The calendar that counts everywhere in the gateway: UTC, weeks from Monday. Moments are ms since 1970.

/** Lengths in ms. */
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
/** The first Monday after 1 January 1970, which was a Thursday. */
const FIRST_MONDAY = 4 * DAY_MS;

/** The day of a moment, `YYYY-MM-DD`. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** When a day began. */
export const startOfDay = (day: string): number => Date.parse(`${day}T00:00:00Z`);

/** The day after another one. */
export const dayAfter = (day: string): string => dayOf(startOfDay(day) + DAY_MS);

/** The days from one moment to another, both of which begin a day; none where there are none between. */
export const daysWithin = (from: number, before: number): string[] =>
  Array.from({ length: Math.max(0, (before - from) / DAY_MS) }, (_, index) => dayOf(from + index * DAY_MS));

/** When the month began that a moment is in, or one that is so many months later. */
export function monthStart(at: number, ahead = 0): number {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + ahead, 1);
}

const floorTo = (length: number, at: number, offset = 0): number =>
  Math.floor((at - offset) / length) * length + offset;

const STARTS: Record<BudgetPeriod, (at: number) => number> = {
  hour: (at) => floorTo(HOUR_MS, at),
  day: (at) => floorTo(DAY_MS, at),
  week: (at) => floorTo(WEEK_MS, at, FIRST_MONDAY),
  month: (at) => monthStart(at),
  total: () => 0,
};

const ENDS: Record<BudgetPeriod, (at: number) => number | null> = {
  hour: (at) => STARTS.hour(at) + HOUR_MS,
  day: (at) => STARTS.day(at) + DAY_MS,
  week: (at) => STARTS.week(at) + WEEK_MS,
  month: (at) => monthStart(at, 1),
  total: () => null,
};

/** When the period began that a moment is in; 0 for `total`. */
export const periodStart = (per: BudgetPeriod, at: number): number => STARTS[per](at);

/** When the next period begins; null for `total`, which never ends. */
export const periodEnd = (per: BudgetPeriod, at: number): number | null => ENDS[per](at);
