import type { SpanTotals, UsageSpan } from "../../shared/usage.ts";

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_DAYS = 7;

/** The spans that the owner compares, in the order in which they are shown. */
export const COMPARED = ["today", "week", "month"] as const;
/** One of them. */
export type ComparedName = (typeof COMPARED)[number];

/** A span up to now, and the same part of the span before. */
export interface Compared {
  now: UsageSpan;
  before: UsageSpan;
}

const startOfDay = (at: number): number => Math.floor(at / DAY_MS) * DAY_MS;

function startOfWeek(at: number): number {
  const day = startOfDay(at);
  return day - ((new Date(day).getUTCDay() + WEEK_DAYS - 1) % WEEK_DAYS) * DAY_MS;
}

/** The begin of the month that is `ahead` months after that of a moment, in UTC. */
export function startOfMonth(at: number, ahead = 0): number {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + ahead, 1);
}

/** A span that began at `from`, beside the one that began at `before` and isn't longer than up to `from`. */
const beside = (from: number, before: number, now: number): Compared => ({
  now: { from, to: now },
  before: { from: before, to: Math.min(from, before + now - from) },
});

/**
 * Today, this week (from Monday) and this month, in UTC, each up to now, beside yesterday, last week and last month up to
 * the same point.
 *
 * @param now ms since 1970
 */
export function comparedSpans(now: number): Record<ComparedName, Compared> {
  const [day, week, month] = [startOfDay(now), startOfWeek(now), startOfMonth(now)];
  return {
    today: beside(day, day - DAY_MS, now),
    week: beside(week, week - WEEK_DAYS * DAY_MS, now),
    month: beside(month, startOfMonth(now, -1), now),
  };
}

/** What a span is asked as. */
export interface Asking {
  spans: [withoutLastHour: UsageSpan, withLastHour: UsageSpan];
  /** How much of the last hour belongs to the span, 0–1. */
  share: number;
}

/**
 * A span that is over in words of whole hours, which is what the gateway tells: up to the begin of its last hour, and up to
 * that one's end.
 */
export function inHours({ from, to }: UsageSpan): Asking {
  const begin = Math.max(from, Math.floor(to / HOUR_MS) * HOUR_MS);
  const end = Math.ceil(to / HOUR_MS) * HOUR_MS;
  return {
    spans: [
      { from, to: begin },
      { from, to: end },
    ],
    share: end === begin ? 0 : (to - begin) / (end - begin),
  };
}

/** The totals of a span out of those of its whole hours: of the last one, in proportion. */
export function totalsOf({ share }: Asking, without: SpanTotals, withLast: SpanTotals): SpanTotals {
  const between = (a: number, b: number): number => Math.round(a + (b - a) * share);
  return {
    requests: between(without.requests, withLast.requests),
    errors: between(without.errors, withLast.errors),
    tokens: between(without.tokens, withLast.tokens),
    micros: between(without.micros, withLast.micros),
    unpriced: between(without.unpriced, withLast.unpriced),
    usedTokens: between(without.usedTokens, withLast.usedTokens),
  };
}
