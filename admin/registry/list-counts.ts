import { listTerms } from "./list-terms.ts";
import { STATE_CODES } from "./listed.ts";
import { allOf, searchOf, type Source } from "./list-sources.ts";
import type { ListStatus, TokenMatch, TokenStatus } from "./types.ts";

// How many tokens match. Counting all of many costs more than reading a page of them, so a page is told a number that is
// exact up to a bound, and actions on all that match ask for the exact one.

/** Matches of a filter are counted up to here. */
const MOST_COUNTED = 1_000;
/** Of what a search finds, so much is looked at to count it; and so many are sorted instead of met in their order. */
const FEW = 1_000;
/** So many times more rows than should have them are looked at for a page: behind that, its rows stand at another end. */
const PATIENCE = 4;

const { active, disabled, deleted } = STATE_CODES;
/** What is counted by state alone; null: all but the deleted ones. */
const BY_STATE = new Map<ListStatus | null, readonly number[]>([
  [null, [active, disabled]],
  ["disabled", [disabled]],
  ["deleted", [deleted]],
]);

const ANY: TokenMatch = { query: "", status: null, provider: null, policy: null };

/** How many match, as far as it was counted. */
export interface Counted {
  total: number;
  /** Or else there may be more. */
  isExact: boolean;
  /** How many rows to look at in their order, for each that is wanted, before all that match are sorted; 0: they are few. */
  walk: number;
}

function inStates(sql: SqlStorage, states: readonly number[]): number {
  const query =
    "SELECT coalesce(sum(tokens), 0) AS n FROM state_counts WHERE state IN (SELECT value FROM json_each(?))";
  return sql.exec<{ n: number }>(query, JSON.stringify(states)).one().n;
}

function countOf(sql: SqlStorage, { from, values, where, bindings }: Source, most = -1): number {
  const query = `SELECT count(*) AS n FROM (SELECT 1 FROM ${from} WHERE ${where.join(" AND ")} LIMIT ?)`;
  return sql.exec<{ n: number }>(query, ...values, ...bindings, most).one().n;
}

/** How many of the first few that a search finds are meant, and whether it found more. */
function countFound(sql: SqlStorage, filter: TokenMatch, now: number): Counted {
  const { from, values, where, bindings } = searchOf(filter, now, FEW + 1);
  const query = `SELECT count(*) AS found, coalesce(sum(${where.join(" AND ")}), 0) AS total, max(found) AS last FROM ${from}`;
  const { found, total, last } = sql
    .exec<{ found: number; total: number; last: number | null }>(query, ...bindings, ...values)
    .one();
  const isExact = found <= FEW;
  // The search mostly finds rows in the order of their numbers, so that these are all up to the last one.
  return { total, isExact, walk: isExact || last === null || total === 0 ? 0 : (PATIENCE * last) / total };
}

/** Whether a filter asks for nothing but a status. */
export const isPlain = (filter: TokenMatch, now: number): boolean =>
  filter.query === "" &&
  listTerms(filter, now).where.length === listTerms({ ...ANY, status: filter.status }, now).where.length;

/** Every row of the outbox is a token's, so that none has to be looked up. */
const UNPUBLISHED: Source = { from: "outbox", values: [], where: ["TRUE"], bindings: [] };

/** A number that was counted up to the bound; null: there are more. */
const kept = (counted: number): number | null => (counted > MOST_COUNTED ? null : counted);

/** How many of a filter that asks for nothing but a status, by what is kept; null: that doesn't tell. */
function countKept(sql: SqlStorage, { status }: TokenMatch, now: number): number | null {
  const states = BY_STATE.get(status);
  if (states !== undefined) return inStates(sql, states);
  if (status === "unpublished") return kept(countOf(sql, UNPUBLISHED, MOST_COUNTED + 1));
  if (status !== "active") return null;
  // All that aren't expired, and of those there are mostly few.
  const expired = kept(countOf(sql, allOf({ ...ANY, status: "expired" }, now), MOST_COUNTED + 1));
  return expired === null ? null : inStates(sql, [active]) - expired;
}

/** How many tokens match, up to a bound. `now`: ms since 1970. */
export function countUpTo(sql: SqlStorage, filter: TokenMatch, now: number): Counted {
  if (filter.query !== "") return countFound(sql, filter, now);
  const known = isPlain(filter, now) ? countKept(sql, filter, now) : null;
  const total = known ?? countOf(sql, allOf(filter, now), MOST_COUNTED + 1);
  const isExact = known !== null || total <= MOST_COUNTED;
  // Without a search, the index itself mostly tells which rows match: a long walk costs little.
  return { total: isExact ? total : MOST_COUNTED, isExact, walk: total <= FEW ? 0 : Infinity };
}

/** How many tokens match, however long it takes. `now`: ms since 1970. */
export const countMatching = (sql: SqlStorage, filter: TokenMatch, now: number): number =>
  countOf(sql, allOf(filter, now));

/** How many tokens stand how at `now` (ms since 1970). */
export function countTokens(sql: SqlStorage, now: number): Record<TokenStatus, number> {
  const expired = countMatching(sql, { ...ANY, status: "expired" }, now);
  return {
    active: inStates(sql, [active]) - expired,
    disabled: inStates(sql, [disabled]),
    expired,
    deleted: inStates(sql, [deleted]),
  };
}
