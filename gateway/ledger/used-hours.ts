import { DAY_MS, dayOf, daysWithin, monthStart, periodEnd, periodStart, startOfDay } from "../calendar.ts";

// How many tokens were used in a day, a week or a month up to some hour of it, without a look at the tokens: where a token is
// used the first time in one of them, that hour is counted up. Weeks begin on Monday; all is UTC.

/** How long it is kept, in ms: a month and the one before. */
const KEPT_MS = 70 * DAY_MS;
const SINCE = "used";
/** In a row of `usage`: the token was used, and not only refused. */
const IS_USED = "requests > error_limit + error_policy";

/** The table, for its CREATE TABLE. */
export const USED_TABLE =
  "hour INTEGER PRIMARY KEY, in_day INTEGER NOT NULL, in_week INTEGER NOT NULL, in_month INTEGER NOT NULL";

const PERIODS = ["day", "week", "month"] as const;
type Period = (typeof PERIODS)[number];

/** When a period begins, and the next one. */
const rangeOf = (period: Period, at: number): readonly [from: number, before: number] => [
  periodStart(period, at),
  periodEnd(period, at) ?? Infinity,
];

/** Which of some days a token was used on. */
function usedAmong(sql: SqlStorage, tokenId: string, days: readonly string[]): Set<string> {
  const query = `SELECT DISTINCT day FROM json_each(?) AS days CROSS JOIN usage ON day = days.value AND token_id = ?
    WHERE ${IS_USED}`;
  const rows = sql.exec<{ day: string }>(query, JSON.stringify(days), tokenId);
  return new Set(rows.toArray().map(({ day }) => day));
}

/** The days of some on which a token wasn't used as far as is known. Ask before its rows are written. */
export function daysNotUsed(sql: SqlStorage, tokenId: string, days: readonly string[]): string[] {
  const used = usedAmong(sql, tokenId, days);
  return [...new Set(days)].filter((day) => !used.has(day)).toSorted();
}

/** Takes back that a token was counted on a later day, now that an earlier one of the same period is known. */
function uncount(sql: SqlStorage, period: Period, day: string): void {
  const start = startOfDay(day);
  sql.exec(
    `UPDATE used_hours SET in_${period} = in_${period} - 1 WHERE hour =
       (SELECT hour FROM used_hours WHERE hour >= ?1 AND hour < ?2 AND in_${period} > 0 ORDER BY in_${period} DESC LIMIT 1)`,
    start,
    start + DAY_MS,
  );
}

/**
 * Counts a token on days on which it wasn't used before. Call it when its rows are written, in the same transaction.
 *
 * @param fresh from `daysNotUsed`, without those on which it still isn't used
 * @param hourOf the hour that a day's change counts in, ms since 1970
 */
function countDays(sql: SqlStorage, tokenId: string, fresh: readonly string[], hourOf: (day: string) => number): void {
  const left = new Set(fresh);
  for (const day of fresh) {
    left.delete(day);
    const at = startOfDay(day);
    const [week, month] = [rangeOf("week", at), rangeOf("month", at)];
    const near = daysWithin(Math.min(week[0], month[0]), Math.max(week[1], month[1]));
    const others = [...usedAmong(sql, tokenId, near)].filter((other) => other !== day && !left.has(other)).toSorted();
    const isFirst = (period: "week" | "month"): number => {
      const [from, before] = rangeOf(period, at);
      const known = others.filter((other) => startOfDay(other) >= from && startOfDay(other) < before);
      const [first] = known;
      if (first !== undefined && first < day) return 0;
      if (first !== undefined) uncount(sql, period, first);
      return 1;
    };
    sql.exec(
      `INSERT INTO used_hours (hour, in_day, in_week, in_month) VALUES (?, 1, ?, ?) ON CONFLICT DO UPDATE
         SET in_day = in_day + 1, in_week = in_week + excluded.in_week, in_month = in_month + excluded.in_month`,
      hourOf(day),
      isFirst("week"),
      isFirst("month"),
    );
  }
}

/** As `countDays`, of those days on which the token is used by now. */
export function countUse(
  sql: SqlStorage,
  tokenId: string,
  unused: readonly string[],
  hourOf: (day: string) => number,
): void {
  if (unused.length === 0) return;
  const used = usedAmong(sql, tokenId, unused);
  countDays(
    sql,
    tokenId,
    unused.filter((day) => used.has(day)),
    hourOf,
  );
}

/**
 * How many tokens were used in hours that begin with a day, a week or a month and lie within it.
 *
 * @param now ms since 1970
 * @returns null where they don't, or where that isn't known (any more)
 */
export function usedFromBegin(
  { sql, kv }: Pick<DurableObjectStorage, "sql" | "kv">,
  { from, before }: { from: number; before: number },
  now: number,
): number | null {
  if (from < Math.max(kv.get<number>(SINCE) ?? 0, now - KEPT_MS)) return null;
  const period = PERIODS.find((one) => rangeOf(one, from)[0] === from && before <= rangeOf(one, from)[1]);
  if (period === undefined) return null;
  const query = `SELECT coalesce(sum(in_${period}), 0) AS count FROM used_hours WHERE hour >= ? AND hour < ?`;
  return sql.exec<{ count: number }>(query, from, before).one().count;
}

/** Throws away what is too old. `now`: ms since 1970. */
export function sweepUsed(sql: SqlStorage, now: number): void {
  sql.exec("DELETE FROM used_hours WHERE hour < ?", now - KEPT_MS);
}

const first = (period: string): string => `SELECT min(day) AS day FROM used GROUP BY token_id, ${period}`;

/** By whole days, since hours of tokens aren't known that far back; a day counts from its begin. */
const FILL = `WITH used (day, token_id) AS
    (SELECT DISTINCT day, token_id FROM usage WHERE day >= ? AND ${IS_USED})
  INSERT INTO used_hours (hour, in_day, in_week, in_month)
  SELECT unixepoch(day) * 1000, sum(in_day), sum(in_week), sum(in_month) FROM (
    SELECT day, 1 AS in_day, 0 AS in_week, 0 AS in_month FROM used
    UNION ALL SELECT day, 0, 1, 0 FROM (${first("(unixepoch(day) / 86400 + 3) / 7")})
    UNION ALL SELECT day, 0, 0, 1 FROM (${first("substr(day, 1, 7)")})
  ) GROUP BY day`;

/**
 * Counts what was used before this was kept: this month and the one before.
 *
 * @param now ms since 1970
 */
export function fillUsed({ sql, kv }: DurableObjectStorage, now: number): void {
  const since = monthStart(now, -1);
  sql.exec(FILL, dayOf(since));
  kv.put(SINCE, since);
}
