import type { BudgetPeriod } from "../../shared/policy.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
/** The first Monday after 1 January 1970, which was a Thursday. */
const FIRST_MONDAY = 4 * DAY;

const floorTo = (length: number, at: number, offset = 0): number =>
  Math.floor((at - offset) / length) * length + offset;

function monthStart(at: number, ahead: number): number {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + ahead, 1);
}

const STARTS: Record<BudgetPeriod, (at: number) => number> = {
  hour: (at) => floorTo(HOUR, at),
  day: (at) => floorTo(DAY, at),
  week: (at) => floorTo(WEEK, at, FIRST_MONDAY),
  month: (at) => monthStart(at, 0),
  total: () => 0,
};

const ENDS: Record<BudgetPeriod, (at: number) => number | null> = {
  hour: (at) => STARTS.hour(at) + HOUR,
  day: (at) => STARTS.day(at) + DAY,
  week: (at) => STARTS.week(at) + WEEK,
  month: (at) => monthStart(at, 1),
  total: () => null,
};

/**
 * When the period of the calendar (UTC, weeks from Monday) began that a moment is in.
 *
 * @param at ms since 1970
 * @returns ms since 1970; 0 for `total`
 */
export const periodStart = (per: BudgetPeriod, at: number): number => STARTS[per](at);

/**
 * When the next period begins.
 *
 * @param at ms since 1970
 * @returns ms since 1970; null for `total`, which never ends
 */
export const periodEnd = (per: BudgetPeriod, at: number): number | null => ENDS[per](at);

/** The day of a moment, `YYYY-MM-DD`, UTC. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
