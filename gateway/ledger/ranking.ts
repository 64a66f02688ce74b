import { DAY_MS, dayAfter, dayOf, daysWithin, startOfDay } from "../calendar.ts";
import { bitOf, DAYS_OF_MONTH, monthOf } from "./months.ts";

/** Days, `YYYY-MM-DD`, the first one and the one behind the last. */
export interface DayRange {
  from: string;
  before: string;
}

/** Months next to each other of which the same days are asked for: at most a first, a last, and all between them. */
interface Months {
  first: string;
  last: string;
  /** All of `DAYS_OF_MONTH`, or some. */
  days: readonly string[];
}

const monthAfter = (month: string): string => monthOf(dayOf(startOfDay(`${month}-01`) + 31 * DAY_MS));

/** Together, since SQLite takes five SELECTs in a compound one here. */
function monthsOf({ from, before }: DayRange): Months[] {
  const found: Months[] = [];
  for (let month = monthOf(from); month < before; month = monthAfter(month)) {
    const days = DAYS_OF_MONTH.filter((day) => `${month}-${day}` >= from && `${month}-${day}` < before);
    const last = found.at(-1);
    if (days.length === 0) break;
    if (last !== undefined && isWhole(days) && isWhole(last.days)) last.last = month;
    else found.push({ first: month, last: month, days });
  }
  return found;
}

/** Whether it is all of its days that are asked for. */
const isWhole = (days: readonly string[]): boolean => days.length === DAYS_OF_MONTH.length;

const sumOf = (name: string, days: readonly string[]): string =>
  isWhole(days) ? name : days.map((day) => `${name}_${day}`).join(" + ");
const maskOf = (days: readonly string[]): number => days.reduce((sum, day) => sum + bitOf(day), 0);

/**
 * A SELECT from each of the months, and one of what isn't folded yet, whose parameters are `daysOf`.
 *
 * @param select from `token_months`, of the days of a month
 */
function unionOf(range: DayRange, how: string, select: (days: readonly string[]) => string, unfolded: string): string {
  const ofMonths = monthsOf(range).map(
    ({ first, last, days }) => `${select(days)} AND month >= '${first}' AND month <= '${last}'`,
  );
  return [...ofMonths, `${unfolded} AND day >= ?1 AND day < ?2`].join(` ${how} `);
}

/** The days that aren't folded. One bound: with two, SQLite may read all days from the lower one on. */
const daysOf = ({ from, before }: DayRange, folded: string): [string, string] => [
  folded < from ? from : dayAfter(folded),
  before,
];

/** What a token used in some days. */
export type Ranked = { id: string; nanos: number; requests: number };

/**
 * Adds up who used the most money, then the most requests, in some days.
 *
 * @param folded `monthsFolded`
 * @returns the first one first
 */
export function rankDays(sql: SqlStorage, range: DayRange, folded: string, top: number): Ranked[] {
  const source = unionOf(
    range,
    "UNION ALL",
    (days) => `SELECT token_id, ${sumOf("requests", days)} AS requests, ${sumOf("nanos", days)} AS nanos
      FROM token_months WHERE TRUE`,
    "SELECT token_id, requests, nanos FROM usage WHERE TRUE",
  );
  return sql
    .exec<Ranked>(
      `SELECT token_id AS id, sum(nanos) AS nanos, sum(requests) AS requests FROM (${source})
       GROUP BY token_id HAVING sum(requests) <> 0 OR sum(nanos) <> 0
       ORDER BY sum(nanos) DESC, sum(requests) DESC, token_id LIMIT ?3`,
      ...daysOf(range, folded),
      top,
    )
    .toArray();
}

/**
 * What some tokens used in days.
 *
 * @param ids only those are looked up, one by one
 */
export function sumsOf(sql: SqlStorage, ids: readonly string[], range: DayRange, isFolded: boolean): Ranked[] {
  if (ids.length === 0 || range.from >= range.before) return [];
  const keys = JSON.stringify(ids);
  if (!isFolded) {
    const query = `SELECT token_id AS id, sum(nanos) AS nanos, sum(requests) AS requests FROM json_each(?1) AS days
      CROSS JOIN json_each(?2) AS keys CROSS JOIN usage ON day = days.value AND token_id = keys.value GROUP BY token_id`;
    return sql.exec<Ranked>(query, JSON.stringify(daysBetween(range)), keys).toArray();
  }
  return monthsOf(range).flatMap(({ first, last, days }) => {
    const query = `SELECT token_id AS id, sum(${sumOf("nanos", days)}) AS nanos, sum(${sumOf("requests", days)}) AS requests
      FROM json_each(?1) AS months CROSS JOIN json_each(?2) AS keys
      CROSS JOIN token_months ON month = months.value AND token_id = keys.value GROUP BY token_id`;
    return sql.exec<Ranked>(query, JSON.stringify(monthsBetween(first, last)), keys).toArray();
  });
}

/** The days of a range, `YYYY-MM-DD`. */
export const daysBetween = ({ from, before }: DayRange): string[] => daysWithin(startOfDay(from), startOfDay(before));

/** The days of a range on which anything was used, of those that aren't folded into months. */
export const newerDays = (sql: SqlStorage, range: DayRange, folded: string): string[] =>
  sql
    .exec<{ day: string }>("SELECT DISTINCT day FROM days WHERE day >= ? AND day < ?", ...daysOf(range, folded))
    .toArray()
    .map(({ day }) => day);

function monthsBetween(first: string, last: string): string[] {
  const months: string[] = [];
  for (let month = first; month <= last; month = monthAfter(month)) months.push(month);
  return months;
}

/**
 * How many tokens were used in some days.
 *
 * @param folded `monthsFolded`
 */
export function countUsed(sql: SqlStorage, range: DayRange, folded: string): number {
  const source = unionOf(
    range,
    "UNION",
    (days) => `SELECT token_id FROM token_months WHERE days & ${maskOf(days)} <> 0`,
    "SELECT token_id FROM usage WHERE requests > error_limit + error_policy",
  );
  const query = `SELECT count(*) AS count FROM (${source})`;
  return sql.exec<{ count: number }>(query, ...daysOf(range, folded)).one().count;
}
