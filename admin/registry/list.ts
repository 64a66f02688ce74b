import type { TokenRecord } from "../../shared/record.ts";
import { listTerms } from "./list-terms.ts";
import { FEW, findMatches, needleOf } from "./search.ts";
import { findToken } from "./tokens.ts";
import type { ListSort, TokenCursor, TokenFilter, TokenMatch, TokenStatus } from "./types.ts";

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

/** Where the rows come from: those that the search found, or all. */
interface Source {
  /** @param index to walk along; null: any */
  from: (index: string | null) => string;
  /** From where they are counted the quickest. */
  counted: string;
  where: string[];
  bindings: (string | number)[];
}

const along = (index: string | null): string => (index === null ? "" : ` INDEXED BY ${index}`);
const ALL: Pick<Source, "from" | "counted"> = { from: (index) => `listed${along(index)}`, counted: "listed" };
// CROSS JOIN keeps this order of the two: here a few rows by their numbers, below all texts as they lie.
const FOUND_FEW = "(SELECT value AS found FROM json_each(?)) CROSS JOIN listed ON listed.row = found";
const FOUND_MANY: Pick<Source, "from" | "counted"> = {
  from: (index) => `listed${along(index)} CROSS JOIN searched ON searched.row = listed.row`,
  counted: "searched CROSS JOIN listed ON listed.row = searched.row",
};

/** Puts a filter into SQL. Null: nothing can match. */
function sourceOf(sql: SqlStorage, filter: TokenMatch, now: number): Source | null {
  const { where, bindings } = listTerms(filter, now);
  const needle = needleOf(filter.query);
  if (needle === "") return { ...ALL, where, bindings };
  const matches = findMatches(sql, needle);
  if (matches === null) {
    return { ...FOUND_MANY, where: [...where, "instr(text, ?) > 0"], bindings: [...bindings, needle] };
  }
  if (matches.length === 0) return null;
  return { from: () => FOUND_FEW, counted: FOUND_FEW, where, bindings: [JSON.stringify(matches), ...bindings] };
}

const countOf = (sql: SqlStorage, { counted, where, bindings }: Source): number =>
  sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${counted} WHERE ${where.join(" AND ")}`, ...bindings).one().n;

type Row = { id: string; key: string | number };

/** The rows behind a place, in an order or against it. */
function rowsFrom(
  sql: SqlStorage,
  source: Source,
  order: { sort: ListSort; descending: boolean; few: boolean },
  place: Pick<TokenCursor, "key" | "id"> | null,
  limit: number,
): Row[] {
  const [key, ordered] = ORDERS[order.sort];
  const [direction, sign] = order.descending ? ["DESC", "<"] : ["ASC", ">"];
  const where = [...source.where, ...(place === null ? [] : [`(${key}, id) ${sign} (?, ?)`])];
  // Few are found first and sorted then; many are met soon by walking the list in its order.
  const [index, by] = order.few ? [null, `+${key}`] : [ordered, key];
  return sql
    .exec<Row>(
      `SELECT id, ${key} AS key FROM ${source.from(index)} WHERE ${where.join(" AND ")}
       ORDER BY ${by} ${direction}, id ${direction} LIMIT ?`,
      ...source.bindings,
      ...(place === null ? [] : [place.key, place.id]),
      limit,
    )
    .toArray();
}

/** A page of the list, as records. */
export interface RecordPage {
  records: TokenRecord[];
  /** How many match in all. */
  total: number;
  previous: TokenCursor | null;
  next: TokenCursor | null;
}

const NOTHING: RecordPage = { records: [], total: 0, previous: null, next: null };

/**
 * Reads a page of tokens. Rows that come or go between two pages move no other row out of sight.
 *
 * @param now ms since 1970, for what counts as expired
 */
export function listTokens(sql: SqlStorage, filter: TokenFilter, now: number): RecordPage {
  const source = sourceOf(sql, filter, now);
  if (source === null) return NOTHING;
  const total = countOf(sql, source);
  if (total === 0) return NOTHING;
  const { cursor, limit, sort, descending } = filter;
  const order = { sort, descending, few: total <= FEW };
  const back = cursor?.back === true;
  const found = rowsFrom(sql, source, { ...order, descending: descending !== back }, cursor, limit + 1);
  const isMore = found.length > limit;
  // The way back ends with a whole page, or else a row too few on it would be missed on the way forward.
  if (back && !isMore) return listTokens(sql, { ...filter, cursor: null }, now);
  const rows = back ? found.slice(0, limit).toReversed() : found.slice(0, limit);
  const [first, last] = [rows[0], rows.at(-1)];
  return {
    records: rows.map(({ id }) => findToken(sql, id)).filter((record) => record !== null),
    total,
    previous: cursor === null || first === undefined ? null : { ...first, back: true },
    next: last === undefined || (!back && !isMore) ? null : { ...last, back: false },
  };
}

/** How many tokens match. `now`: ms since 1970. */
export function countMatching(sql: SqlStorage, filter: TokenMatch, now: number): number {
  const source = sourceOf(sql, filter, now);
  return source === null ? 0 : countOf(sql, source);
}

/** The ids of all tokens that match, newest first. `now`: ms since 1970. */
export function matchingIds(sql: SqlStorage, filter: TokenMatch, now: number): string[] {
  const source = sourceOf(sql, filter, now);
  if (source === null) return [];
  const order = { sort: "created", descending: true, few: true } as const;
  return rowsFrom(sql, source, order, null, Number.MAX_SAFE_INTEGER).map(({ id }) => id);
}

/** How many tokens stand how at `now` (ms since 1970). */
export function countTokens(sql: SqlStorage, now: number): Record<TokenStatus, number> {
  const count = (status: TokenStatus): number =>
    countMatching(sql, { query: "", status, provider: null, policy: null }, now);
  return {
    active: count("active"),
    disabled: count("disabled"),
    expired: count("expired"),
    deleted: count("deleted"),
  };
}
