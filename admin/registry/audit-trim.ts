import { numberAt } from "./audit-wanted.ts";
import type { AuditChanges } from "./reports.ts";

/** How many lines the audit log keeps: some 1 GB of the 10 GB that an object's database may have. */
export const MOST_LINES = 1_000_000;
/** How many of them may be wrong passwords before those go first: who guesses mustn't push out what the owner did. */
export const MOST_REFUSED = 100_000;
/** How often it is looked whether there are too many, in lines. */
export const TRIM_EVERY = 1_000;

function count(sql: SqlStorage, condition = "1"): number {
  return sql.exec<{ n: number }>(`SELECT count(*) AS n FROM audit WHERE ${condition}`).one().n;
}

/** Throws away the oldest of some lines. @returns when the newest of these was written, ms since 1970; null: there were none */
function throwAway(sql: SqlStorage, condition: string, most: number): { lines: number; until: number | null } {
  if (most <= 0) return { lines: 0, until: null };
  const numbers = sql
    .exec<{ number: number; at: number }>(
      `SELECT number, at FROM audit WHERE ${condition} ORDER BY number LIMIT ?`,
      most,
    )
    .toArray();
  const list = JSON.stringify(numbers.map(({ number }) => number));
  for (const [table, id] of [
    ["audit", "number"],
    ["audit_text", "rowid"],
  ]) {
    sql.exec(`DELETE FROM ${table} WHERE ${id} IN (SELECT value FROM json_each(?))`, list);
  }
  return { lines: numbers.length, until: numbers.at(-1)?.at ?? null };
}

/**
 * Throws away what the log has too much of: wrong passwords above their own bound, and then the oldest lines.
 *
 * @param mostLines how many may stay; a test names fewer
 * @param mostRefused how many of them may be wrong passwords, before those go first
 * @returns what to write into the log about it; null: nothing had to go
 */
export function trimAudit(sql: SqlStorage, mostLines = MOST_LINES, mostRefused = MOST_REFUSED): AuditChanges | null {
  const [low, high] = [numberAt(sql, "min"), numberAt(sql, "max")];
  // Numbers have gaps at most: as long as they suffice, nothing has to be counted.
  if (low === null || high === null || high - low < mostLines) return null;
  const before = count(sql);
  const tooMany = before - mostLines;
  if (tooMany <= 0) return null;
  const refused = "action = 'session.refused'";
  const guesses = throwAway(sql, refused, Math.min(tooMany, count(sql, refused) - mostRefused));
  const others = throwAway(sql, "1", tooMany - guesses.lines);
  const until = others.until ?? guesses.until;
  return {
    lines: { before, after: before - guesses.lines - others.lines },
    wrongPasswords: { before: null, after: guesses.lines },
    until: { before: null, after: until },
  };
}
