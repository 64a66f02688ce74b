import { dayAfter } from "../calendar.ts";
import { askRanking, findKept, isLittle, keepRanking, LEAST_CUT } from "./kept-rankings.ts";
import { monthsFolded } from "./months.ts";
import { type DayRange, type Ranked, rankDays, sumsOf } from "./ranking.ts";

// Who used the most: the first of those days that are over, which is kept, with what is newer added as it is read. No token
// beyond the first can have passed them by more than what it used since.

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
  // Of one day, which it mostly is, rows are in the order of tokens already, and aren't sorted once more.
  const days = dayAfter(newer.from) === newer.before ? "day = ?1" : "day >= ?1 AND day < ?2";
  return sql
    .exec<Ranked>(
      `SELECT token_id AS id, sum(nanos) AS nanos, sum(requests) AS requests FROM usage WHERE ${days}
       GROUP BY token_id HAVING sum(nanos) > ?3 OR (sum(nanos) = ?3 AND sum(requests) >= ?4)`,
      newer.from,
      newer.before,
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
  const floor = kept.length < LEAST_CUT ? undefined : kept.at(-1);
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
 * @param top how many, 1–1,000
 * @param soon whether somebody waits who would rather come again than wait for all to be added up
 * @returns token ids, the first one first; null: it isn't added up yet, and the alarm does it
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
    askRanking(sql, past);
    return null;
  }
  const first = kept ?? keepRanking(sql, past, folded);
  const newer = { from: past.before, before: range.before };
  return idsOf(withNewer(sql, first, past, newer, top).filter(isSomething));
}
