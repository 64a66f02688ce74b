import type { TokenRecord } from "../../shared/record.ts";
import { countUpTo, isPlain } from "./list-counts.ts";
import { allOf, alongIndex, NO_TERMS, type Source } from "./list-sources.ts";
import type { Terms } from "./list-terms.ts";
import { findToken } from "./tokens.ts";
import type { ListSort, ListStatus, TokenCursor, TokenFilter, TokenMatch } from "./types.ts";

/** How many rows are looked at in their order, at most, before those that match are sorted instead. */
const WALKED = 3_000;

/** What each order goes by: a column of `listed`, and its index. */
const ORDERS: Record<ListSort, readonly [column: string, index: string]> = {
  created: ["created_at", "listed_by_created"],
  label: ["label_key", "listed_by_label"],
  // Nothing of it is `now`: a token that expires between two pages changes its status, and keeps its place.
  status: ["status_key", "listed_by_status_key"],
  expires: ["expires_at", "listed_by_expires"],
  used: ["used_at", "listed_by_used"],
  share: ["share", "listed_by_share"],
};

/** Which statuses have an index of their own, in the order of creation, which has hardly any other tokens. */
const ORDERED: Partial<Record<ListStatus, string>> = { unused: "listed_unused", holder: "listed_by_holder" };

interface Order {
  sort: ListSort;
  descending: boolean;
}

type Place = Pick<TokenCursor, "key" | "id">;
type Row = { id: string; key: string | number };

/** Rows behind one place, and not behind another; null: from the first, or to the last one. */
interface Stretch {
  behind: Place | null;
  until: Place | null;
}

const comparing = (column: string, sign: string, place: Place | null): Terms =>
  place === null ? NO_TERMS : { where: [`(${column}, id) ${sign} (?, ?)`], bindings: [place.key, place.id] };

/** Reads rows in an order. `isSorted`: whether they come in it. */
function rowsOf(
  sql: SqlStorage,
  { from, values, where, bindings }: Source,
  { sort, descending }: Order,
  { behind, until }: Stretch,
  isSorted: boolean,
  limit: number,
): Row[] {
  const [key] = ORDERS[sort];
  const direction = descending ? "DESC" : "ASC";
  const first = comparing(key, descending ? "<" : ">", behind);
  const last = comparing(key, descending ? ">=" : "<=", until);
  const terms = [...where, ...first.where, ...last.where].join(" AND ");
  // The plus keeps the order's index off.
  const by = isSorted ? key : `+${key}`;
  return sql
    .exec<Row>(
      `SELECT id, ${key} AS key FROM ${from} WHERE ${terms} ORDER BY ${by} ${direction}, id ${direction} LIMIT ?`,
      ...values,
      ...bindings,
      ...first.bindings,
      ...last.bindings,
      limit,
    )
    .toArray();
}

/** The place up to which a walk of a length goes that begins behind another one; null: it comes to the end before. */
function endOfWalk(sql: SqlStorage, { sort, descending }: Order, behind: Place | null, length: number): Place | null {
  const [key, index] = ORDERS[sort];
  const direction = descending ? "DESC" : "ASC";
  const { where, bindings } = comparing(key, descending ? "<" : ">", behind);
  const [row] = sql
    .exec<Row>(
      `SELECT id, ${key} AS key FROM listed INDEXED BY ${index} WHERE ${where[0] ?? "TRUE"}
       ORDER BY ${key} ${direction}, id ${direction} LIMIT 1 OFFSET ?`,
      ...bindings,
      length,
    )
    .toArray();
  return row ?? null;
}

/** By status against its order, deleted tokens come first, up to this place: there may be more of them than a walk looks at. */
const BEHIND_DELETED: Place = { key: 2e15, id: "" };

function startOf({ status }: TokenMatch, { sort, descending }: Order): Place | null {
  const isBehind = sort === "status" && descending && status !== "deleted" && status !== "unpublished";
  return isBehind ? BEHIND_DELETED : null;
}

/**
 * The rows behind a place, in an order or against it. Few are found first and sorted then. Many are mostly met soon by
 * walking the list in its order; where they aren't, because all stand at its other end, they are sorted too.
 */
function rowsFrom(
  sql: SqlStorage,
  filter: TokenMatch,
  now: number,
  { order, walk, limit, ...asked }: { order: Order; walk: number; behind: Place | null; limit: number },
): Row[] {
  const behind = asked.behind ?? startOf(filter, order);
  const ordered = filter.status === null || order.sort !== "created" ? undefined : ORDERED[filter.status];
  if (ordered !== undefined && isPlain(filter, now)) {
    return rowsOf(sql, alongIndex(filter, now, ordered), order, { behind, until: null }, true, limit);
  }
  if (walk > 0) {
    const until = endOfWalk(sql, order, behind, Math.min(WALKED, Math.ceil(walk * limit)));
    const met = rowsOf(sql, alongIndex(filter, now, ORDERS[order.sort][1]), order, { behind, until }, true, limit);
    if (until === null || met.length === limit) return met;
  }
  return rowsOf(sql, allOf(filter, now), order, { behind, until: null }, false, limit);
}

/** A page of the list, as records. */
export interface RecordPage {
  records: TokenRecord[];
  /** How many match in all; where it isn't exact, there may be more. */
  total: number;
  totalIsExact: boolean;
  previous: TokenCursor | null;
  next: TokenCursor | null;
}

const NOTHING: RecordPage = { records: [], total: 0, totalIsExact: true, previous: null, next: null };

/**
 * Reads a page of tokens. Rows that come or go between two pages move no other row out of sight.
 *
 * @param now ms since 1970, for what counts as expired
 */
export function listTokens(sql: SqlStorage, filter: TokenFilter, now: number): RecordPage {
  const { total, isExact, walk } = countUpTo(sql, filter, now);
  if (total === 0 && isExact) return NOTHING;
  const { cursor, limit, sort, descending } = filter;
  const back = cursor?.back === true;
  const order = { sort, descending: descending !== back };
  const found = rowsFrom(sql, filter, now, { order, walk, behind: cursor, limit: limit + 1 });
  const isMore = found.length > limit;
  // The way back ends with a whole page, or else a row too few on it would be missed on the way forward.
  if (back && !isMore) return listTokens(sql, { ...filter, cursor: null }, now);
  const rows = back ? found.slice(0, limit).toReversed() : found.slice(0, limit);
  const [first, last] = [rows[0], rows.at(-1)];
  return {
    records: rows.map(({ id }) => findToken(sql, id)).filter((record) => record !== null),
    total: Math.max(total, rows.length),
    totalIsExact: isExact,
    previous: cursor === null || first === undefined ? null : { ...first, back: true },
    next: last === undefined || (!back && !isMore) ? null : { ...last, back: false },
  };
}

/** The ids of all tokens that match, newest first. `now`: ms since 1970. */
export function matchingIds(sql: SqlStorage, filter: TokenMatch, now: number): string[] {
  const order = { sort: "created", descending: true } as const;
  const whole = { behind: null, until: null };
  return rowsOf(sql, allOf(filter, now), order, whole, false, Number.MAX_SAFE_INTEGER).map(({ id }) => id);
}
