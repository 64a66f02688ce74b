import type { AuditFilter } from "./reports.ts";

/** How much of a session's id tells it from others: what the console shows, and a search asks for. */
export const SHORT_SESSION = 8;

/** The log's first or last number; null: it is empty. Asked apart, since SQLite reads all lines to tell both at once. */
export const numberAt = (sql: SqlStorage, end: "min" | "max"): number | null =>
  sql.exec<{ number: number | null }>(`SELECT ${end}(number) AS number FROM audit`).one().number;

/** How many lines the log has, at most: by its numbers, which have gaps where lines went. And since when, ms since 1970. */
export function auditLength(sql: SqlStorage): { lines: number; since: number | null } {
  const [low, high] = [numberAt(sql, "min"), numberAt(sql, "max")];
  if (low === null || high === null) return { lines: 0, since: null };
  const { at } = sql.exec<{ at: number }>("SELECT at FROM audit WHERE number = ?", low).one();
  return { lines: high - low + 1, since: at };
}

/**
 * The first line that was written at a time or after it. Times never fall from line to line, so halving finds it.
 *
 * @param at ms since 1970
 * @returns its number; one more than the last where there is none
 */
function firstSince(sql: SqlStorage, at: number): number {
  let [low, high] = [numberAt(sql, "min") ?? 0, (numberAt(sql, "max") ?? 0) + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    // The line of that number may be gone: then the next one after it counts.
    const [row] = sql
      .exec<{ at: number }>("SELECT at FROM audit WHERE number >= ? ORDER BY number LIMIT 1", middle)
      .toArray();
    if (row === undefined || row.at >= at) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Which lines are asked for, as a condition with what it is bound to. */
export interface Wanted {
  condition: string;
  values: (string | number)[];
  /** Numbers, the second one not included. */
  low: number;
  high: number;
}

/** Puts a filter into a condition. */
export function wantedBy(sql: SqlStorage, filter: AuditFilter): Wanted {
  const { tokenId, session = null, action = null, from = null, to = null, before } = filter;
  const found: Wanted = {
    condition: "1",
    values: [],
    low: from === null ? (numberAt(sql, "min") ?? 0) : firstSince(sql, from),
    high: Math.min(before ?? Infinity, to === null ? (numberAt(sql, "max") ?? 0) + 1 : firstSince(sql, to)),
  };
  const add = (column: string, value: string | null): void => {
    if (value === null) return;
    // A token's lines, or a session's, are few: then no index of another column is to be used, which the plus keeps off.
    found.condition += ` AND ${found.values.length > 0 ? "+" : ""}${column} = ?`;
    found.values.push(value);
  };
  add("token_id", tokenId);
  add(`substr(session, 1, ${SHORT_SESSION})`, session);
  // Or its index, which leaves the others out, isn't used.
  if (session !== null) found.condition += " AND session IS NOT NULL";
  add("action", action);
  return found;
}
