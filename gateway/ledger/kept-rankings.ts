import { DAY_MS, dayAfter, dayOf, monthStart, startOfDay } from "../calendar.ts";
import { monthOf, monthsFolded } from "./months.ts";
import { type DayRange, type Ranked, rankDays } from "./ranking.ts";
import { spare } from "./sparing.ts";

// Who used the most in days that are over, kept: to add it up means to read a row for each token and month.

/** How many tokens of a ranking are kept: twice what is told at most, or any token that was used since might have risen. */
const KEPT = 2_000;
/** Where fewer are kept, these are all: once, no more were kept. */
export const LEAST_CUT = 1_000;
/** So many rows of months are added up while somebody waits. */
const AT_ONCE = 5_000;
/** Spans up to today that are ranked before anybody asks, in days and in months. */
const USUAL_DAYS = [7, 30, 90];
const USUAL_MONTHS = 12;
/** Rankings that may wait to be made. */
const MOST_WAITING = 50;

/** The table, for its CREATE TABLE. `list` is NULL where it is still to be made. */
export const RANKING_TABLE =
  "from_day TEXT NOT NULL, before_day TEXT NOT NULL, list TEXT, PRIMARY KEY (from_day, before_day)";

/** Whether so little is stored of these days that it is added up at once. */
export function isLittle(sql: SqlStorage, { from, before }: DayRange): boolean {
  const query = `SELECT count(*) AS count FROM (SELECT 1 FROM token_months WHERE month >= ? AND month <= ? LIMIT ?)`;
  return sql.exec<{ count: number }>(query, monthOf(from), monthOf(before), AT_ONCE + 1).one().count <= AT_ONCE;
}

/** The first tokens of a ranking; null: it isn't made yet. */
export function findKept(sql: SqlStorage, { from, before }: DayRange): Ranked[] | null {
  const query = "SELECT list FROM rankings WHERE from_day = ? AND before_day = ?";
  const [row] = sql.exec<{ list: string | null }>(query, from, before).toArray();
  // The cast: only `keepRanking` writes this column.
  return row === undefined || row.list === null ? null : (JSON.parse(row.list) as Ranked[]);
}

/** Has a ranking made, by `makeRanking`. */
export function askRanking(sql: SqlStorage, { from, before }: DayRange): void {
  sql.exec(
    `INSERT INTO rankings (from_day, before_day) SELECT ?1, ?2
     WHERE (SELECT count(*) FROM rankings WHERE list IS NULL) < ?3 ON CONFLICT DO NOTHING`,
    from,
    before,
    MOST_WAITING,
  );
}

/** @returns whether it is kept */
function keep(sql: SqlStorage, { from, before }: DayRange, list: readonly Ranked[]): boolean {
  const query = "INSERT OR REPLACE INTO rankings (from_day, before_day, list) VALUES (?, ?, ?)";
  return spare("ranking_unkept", () => sql.exec(query, from, before, JSON.stringify(list)));
}

/** Makes a ranking, and keeps it where that can be. `folded`: `monthsFolded`. */
export function keepRanking(sql: SqlStorage, range: DayRange, folded: string): Ranked[] {
  const list = rankDays(sql, range, folded, KEPT);
  keep(sql, range, list);
  return list;
}

/** Whether a ranking is still to be made. */
export const isRankingDue = (sql: SqlStorage): boolean =>
  sql.exec("SELECT 1 FROM rankings WHERE list IS NULL LIMIT 1").toArray().length > 0;

/** Makes a ranking that is still to be made. @returns whether it is kept */
export function makeRanking(storage: DurableObjectStorage): boolean {
  const [due] = storage.sql
    .exec<DayRange & Record<string, string>>(
      `SELECT from_day AS "from", before_day AS before FROM rankings WHERE list IS NULL ORDER BY before_day, from_day DESC LIMIT 1`,
    )
    .toArray();
  return due === undefined || keep(storage.sql, due, rankDays(storage.sql, due, monthsFolded(storage), KEPT));
}

/** Has rankings made anew that a day is part of: something was told late of it. */
export function dropRankings(sql: SqlStorage, day: string): void {
  sql.exec("UPDATE rankings SET list = NULL WHERE from_day <= ? AND before_day > ?", day, day);
}

const monthsBack = (day: string, count: number): string => dayOf(monthStart(startOfDay(day), -count));

/**
 * Lets go of the rankings of before, now that more days are folded, and asks for those that the owner's pages show.
 *
 * @param now ms since 1970
 */
export function askUsual(storage: DurableObjectStorage, now: number): void {
  const { sql } = storage;
  sql.exec("DELETE FROM rankings");
  const before = dayAfter(monthsFolded(storage));
  // Tomorrow's too: days are folded some time in the day.
  for (const today of [dayOf(now), dayOf(now + DAY_MS)]) {
    const begins = USUAL_DAYS.map((days) => dayOf(startOfDay(today) - (days - 1) * DAY_MS));
    for (const from of [...begins, monthsBack(today, USUAL_MONTHS - 1)]) {
      if (!isLittle(sql, { from, before })) askRanking(sql, { from, before });
    }
  }
}
