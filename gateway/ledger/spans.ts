import type { SpanTotals, UsageSpan } from "../../shared/usage.ts";
import { DAY_MS, dayOf, HOUR_MS } from "../calendar.ts";
import { microsOf } from "../usage/money.ts";
import { addBrief, type Brief, BRIEF_COLUMNS, noBrief, SELECT_BRIEF, SUM_BRIEF } from "./brief.ts";
import { unfoldedFrom } from "./folding.ts";
import { ALL_HOURS, foldHours, hoursSince, oldestHour, startOfHour } from "./hours.ts";
import { monthsFolded } from "./months.ts";
import { countUsed } from "./ranking.ts";
import { usedFromBegin } from "./used-hours.ts";

/** Spans that are told of at once. */
const MOST_SPANS = 20;
/** Times are held between these, so that each has a day of four digits. */
const LATEST = Date.UTC(9999, 0, 1);

/** Whole hours, ms since 1970. */
interface Hours {
  from: number;
  before: number;
}

const within = (at: number): number => Math.min(LATEST, Math.max(0, at || 0));

function hoursOf({ from, to }: UsageSpan): Hours {
  return { from: startOfHour(within(from)), before: startOfHour(within(to) + HOUR_MS - 1) };
}

// The cast: sums of nothing are null.
const summed = (sql: SqlStorage, source: string, ...values: SqlStorageValue[]): Brief => {
  const sums = noBrief();
  const found = sql.exec<Record<keyof Brief, number | null>>(`SELECT ${SUM_BRIEF} FROM (${source})`, ...values).one();
  addBrief(sums, Object.fromEntries(Object.entries(found).map(([name, sum]) => [name, sum ?? 0])) as Brief);
  return sums;
};

const sumOfDays = (sql: SqlStorage, { from, before }: Hours): Brief =>
  summed(sql, `SELECT ${SELECT_BRIEF} FROM days WHERE day >= ? AND day < ?`, dayOf(from), dayOf(before));

function sumOfHours(storage: DurableObjectStorage, { from, before }: Hours): Brief {
  const unfolded = unfoldedFrom(storage);
  return summed(
    storage.sql,
    `SELECT ${BRIEF_COLUMNS} FROM past_hours WHERE hour >= ?1 AND hour < min(?2, ?3)
     UNION ALL SELECT ${BRIEF_COLUMNS} FROM ${ALL_HOURS} WHERE hour >= max(?1, ?3) AND hour < ?2`,
    from,
    before,
    unfolded,
  );
}

const floorDay = (at: number): number => Math.floor(at / DAY_MS) * DAY_MS;
const ceilDay = (at: number): number => Math.ceil(at / DAY_MS) * DAY_MS;

/** Hours parted into those of a day that isn't whole, whole days, and those of a last day that isn't. */
function partsOf({ from, before }: Hours): { days: Hours; hours: Hours[] } {
  const days = { from: ceilDay(from), before: floorDay(before) };
  // Within one day.
  if (days.from > days.before) return { days: { from, before: from }, hours: [{ from, before }] };
  const ends = [
    { from, before: days.from },
    { from: days.before, before },
  ];
  return { days, hours: ends.filter((end) => end.from < end.before) };
}

function sumOf(storage: DurableObjectStorage, span: Hours, now: number): Brief {
  // Of a day that isn't over, its whole row is all that there is up to now.
  const before = span.before > now ? ceilDay(span.before) : span.before;
  const { days, hours } = partsOf({ ...span, before });
  const since = hoursSince(storage, now);
  const sums = sumOfDays(storage.sql, days);
  for (const part of hours) {
    const day = { from: floorDay(part.from), before: ceilDay(part.before) };
    addBrief(sums, day.from >= since ? sumOfHours(storage, part) : sumOfDays(storage.sql, day));
  }
  return sums;
}

function usedIn(storage: DurableObjectStorage, { from, before }: Hours, now: number): number {
  const { sql } = storage;
  const known = usedFromBegin(storage, { from, before }, now);
  if (known !== null) return known;
  if (from < oldestHour(now)) {
    return countUsed(sql, { from: dayOf(from), before: dayOf(ceilDay(before)) }, monthsFolded(storage));
  }
  const query = `SELECT count(DISTINCT token_id) AS count FROM hours WHERE hour >= ? AND hour < ? AND requests > refused`;
  return sql.exec<{ count: number }>(query, from, before).one().count;
}

/**
 * What was used in spans of time; see `ControlApi.spanTotals`.
 *
 * @param now ms since 1970
 */
export function readSpans(storage: DurableObjectStorage, spans: readonly UsageSpan[], now: number): SpanTotals[] {
  foldHours(storage.sql, now);
  return spans.slice(0, MOST_SPANS).map((span): SpanTotals => {
    const hours = hoursOf(span);
    const { requests, errors, tokens, nanos, unpriced } =
      hours.from < hours.before ? sumOf(storage, hours, now) : noBrief();
    const usedTokens = hours.from < hours.before ? usedIn(storage, hours, now) : 0;
    return { requests, errors, tokens, micros: microsOf(nanos), unpriced, usedTokens };
  });
}
