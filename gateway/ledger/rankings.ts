import { DAY_MS, dayOf, startOfDay } from "./days.ts";
import { monthOf, monthsFolded } from "./months.ts";
import { type DayRange, type Ranked, rankDays, sumsOf } from "./ranking.ts";

// Who used the most in days that are over, kept: to add it up means to read a row for each token and month. Kept are the
// first ones alone. What is newer is added as it is read, and no token beyond the first can have passed them by more than
// that.

/** How many tokens of a ranking are kept. */
const KEPT = 1_000;
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

const dayAfter = (day: string): string => dayOf(startOfDay(day) + DAY_MS);

/** Whether so little is stored of these days that it is added up at once. */
function isLittle(sql: SqlStorage, { from, before }: DayRange): boolean {
  const query = `SELECT count(*) AS count FROM (SELECT 1 FROM token_months WHERE month >= ? AND month <= ? LIMIT ?)`;
  return sql.exec<{ count: number }>(query, monthOf(from), monthOf(before), AT_ONCE + 1).one().count <= AT_ONCE;
}

function findKept(sql: SqlStorage, { from, before }: DayRange): Ranked[] | null {
  const query = "SELECT list FROM rankings WHERE from_day = ? AND before_day = ?";
  const [row] = sql.exec<{ list: string | null }>(query, from, before).toArray();
  // The cast: only `make` writes this column.
  return row === undefined || row.list === null ? null : (JSON.parse(row.list) as Ranked[]);
}

function ask(sql: SqlStorage, { from, before }: DayRange): void {
  sql.exec(
    `INSERT INTO rankings (from_day, before_day) SELECT ?1, ?2
     WHERE (SELECT count(*) FROM rankings WHERE list IS NULL) < ?3 ON CONFLICT DO NOTHING`,
    from,
    before,
    MOST_WAITING,
  );
}

function make(sql: SqlStorage, range: DayRange, folded: string): Ranked[] {
  const list = rankDays(sql, range, folded, KEPT);
  const query = "INSERT OR REPLACE INTO rankings (from_day, before_day, list) VALUES (?, ?, ?)";
  sql.exec(query, range.from, range.before, JSON.stringify(list));
  return list;
}

const compare = (one: Ranked, other: Ranked): number =>
  other.nanos - one.nanos || other.requests - one.requests || (one.id < other.id ? -1 : 1);

const added = (one: Ranked, other: Ranked | undefined): Ranked => ({
  id: one.id,
  nanos: one.nanos + (other?.nanos ?? 0),
  requests: one.requests + (other?.requests ?? 0),
});

/** One for each token, out of any number. */
function summedUp(rows: readonly Ranked[]): Map<string, Ranked> {
  const sums = new Map();
  for (const row of rows) sums.set(row.id, added(row, sums.get(row.id)));
  return sums;
}

/** Tokens, not among the first, that what they used since may have brought to where `least` is. */
function risen(sql: SqlStorage, newer: DayRange, floor: Ranked | undefined, least: Ranked | undefined): Ranked[] {
  const nanos = (least?.nanos ?? 0) - (floor?.nanos ?? 0);
  const requests = (least?.requests ?? 0) - (floor?.requests ?? 0);
  return sql
    .exec<Ranked>(
      `SELECT token_id AS id, sum(nanos) AS nanos, sum(requests) AS requests FROM usage WHERE day >= ? AND day < ?
       GROUP BY token_id HAVING sum(nanos) > ? OR (sum(nanos) = ? AND sum(requests) >= ?)`,
      newer.from,
      newer.before,
      nanos,
      nanos,
      requests,
    )
    .toArray();
}

/** The first of a kept ranking, with what was used since. */
function withNewer(sql: SqlStorage, kept: readonly Ranked[], past: DayRange, newer: DayRange, top: number): Ranked[] {
  const ids = kept.map(({ id }) => id);
  const since = summedUp(sumsOf(sql, ids, newer, false));
  const known = kept.map((one) => added(one, since.get(one.id))).toSorted(compare);
  // Where fewer are kept, these are all, and what the others used before is nothing.
  const floor = kept.length < KEPT ? undefined : kept.at(-1);
  const inKept = new Set(ids);
  const others = risen(sql, newer, floor, known[top - 1]).filter(({ id }) => !inKept.has(id));
  const before = floor === undefined ? new Map() : summedUp(sumsOf(sql, idsOf(others), past, true));
  return [...known, ...others.map((one) => added(one, before.get(one.id)))].toSorted(compare).slice(0, top);
}

const idsOf = (rows: readonly Ranked[]): string[] => rows.map(({ id }) => id);
const isSomething = ({ nanos, requests }: Ranked): boolean => nanos !== 0 || requests !== 0;

/**
 * The tokens with the most money, then the most requests, in some days.
 *
 * @param top how many, 1–500
 * @param soon whether somebody waits who would rather come again than wait for all to be added up
 * @returns token ids, the first one first; null: it isn't added up yet, and `makeRanking` does it
 */
export function rankTokens(
  storage: DurableObjectStorage,
  range: DayRange,
  top: number,
  soon: boolean,
): string[] | null {
  const { sql } = storage;
  const folded = monthsFolded(storage);
  if (folded < range.from) return idsOf(rankDays(sql, range, folded, top));
  const past = { from: range.from, before: folded < range.before ? dayAfter(folded) : range.before };
  const kept = findKept(sql, past);
  if (kept === null && isLittle(sql, past)) return idsOf(rankDays(sql, range, folded, top));
  if (kept === null && soon) {
    ask(sql, past);
    return null;
  }
  const first = kept ?? make(sql, past, folded);
  const newer = { from: past.before, before: range.before };
  return idsOf(withNewer(sql, first, past, newer, top).filter(isSomething));
}

/** Whether a ranking is still to be made. */
export const isRankingDue = (sql: SqlStorage): boolean =>
  sql.exec("SELECT 1 FROM rankings WHERE list IS NULL LIMIT 1").toArray().length > 0;

/** Makes a ranking that is still to be made. */
export function makeRanking(storage: DurableObjectStorage): void {
  const [due] = storage.sql
    .exec<DayRange & Record<string, string>>(
      `SELECT from_day AS "from", before_day AS before FROM rankings WHERE list IS NULL ORDER BY before_day, from_day DESC LIMIT 1`,
    )
    .toArray();
  if (due !== undefined) make(storage.sql, due, monthsFolded(storage));
}

/** Has rankings made anew that a day is part of: something was told late of it. */
export function dropRankings(sql: SqlStorage, day: string): void {
  sql.exec("UPDATE rankings SET list = NULL WHERE from_day <= ? AND before_day > ?", day, day);
}

const monthsBack = (day: string, count: number): string => {
  const date = new Date(startOfDay(day));
  return dayOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - count, 1));
};

/**
 * Lets go of the rankings of before, now that more days are folded, and asks for those that the owner's pages show.
 *
 * @param now ms since 1970
 */
export function askUsual(storage: DurableObjectStorage, now: number): void {
  const { sql } = storage;
  sql.exec("DELETE FROM rankings");
  const before = dayAfter(monthsFolded(storage));
  if (isLittle(sql, { from: dayOf(now - Math.max(...USUAL_DAYS) * DAY_MS), before })) return;
  // Tomorrow's too: days are folded some time in the day.
  for (const today of [dayOf(now), dayOf(now + DAY_MS)]) {
    const begins = USUAL_DAYS.map((days) => dayOf(startOfDay(today) - (days - 1) * DAY_MS));
    for (const from of [...begins, monthsBack(today, USUAL_MONTHS - 1)]) ask(sql, { from, before });
  }
}
