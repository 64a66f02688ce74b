import { hasWords, indexQuery, mayHaveWords, wordsOf } from "./audit-text.ts";
import { type Wanted, wantedBy } from "./audit-wanted.ts";
import type { AuditAction, AuditChanges, AuditEntry, AuditFilter, AuditPage } from "./reports.ts";

/** How many lines a page looks at, where no index says which match: it ends there, and says where to go on. */
const MOST_LOOKED = 2_000;
/** How much a page holds, in characters of what was changed: it has to fit into one answer of RPC. */
const MOST_TEXT = 4_000_000;

type Row = {
  number: number;
  at: number;
  session: string | null;
  address: string;
  user_agent: string;
  country: string | null;
  action: string;
  token_id: string | null;
  label: string | null;
  changes: string;
};

// The casts: only addAudit writes this table.
const toEntry = (row: Row): AuditEntry => ({
  number: row.number,
  at: row.at,
  session: row.session,
  address: row.address,
  userAgent: row.user_agent,
  country: row.country,
  action: row.action as AuditAction,
  tokenId: row.token_id,
  label: row.label,
  changes: JSON.parse(row.changes) as AuditChanges,
});

/** What to ask the index of words; null: nothing, since the words are too short for it or the lines few. */
function queryOf(words: readonly string[], { tokenId, session, action }: AuditFilter, { low, high }: Wanted) {
  const query = indexQuery(words);
  // Of a token or a session there are few, which are looked at faster than lists of all lines are gone through.
  if (query === null || tokenId || session || high - low <= MOST_LOOKED) return null;
  return action ? indexQuery([...words, action]) : query;
}

/** The lines that may be wanted, newest first. They are read as they are taken, however many there are. */
function linesOf(sql: SqlStorage, query: string | null, { condition, values, low, high }: Wanted): Iterable<Row> {
  const within = "number >= ? AND number < ?";
  if (query === null) {
    const all = `SELECT * FROM audit WHERE ${condition} AND ${within} ORDER BY number DESC`;
    return sql.exec<Row>(all, ...values, low, high);
  }
  // CAST, since numbers come as floating ones: by those the index doesn't jump, and would go through all newer lines first.
  // A cross join is done in the order in which it is written: the index first, which is in the order of the lines already.
  const joined = `SELECT audit.* FROM audit_text CROSS JOIN audit ON number = audit_text.rowid
    WHERE audit_text MATCH ? AND audit_text.rowid >= CAST(? AS INTEGER) AND audit_text.rowid < CAST(? AS INTEGER)
      AND ${condition}
    ORDER BY audit_text.rowid DESC`;
  return sql.exec<Row>(joined, query, low, high, ...values);
}

/**
 * Reads a page of the log, newest first.
 *
 * @returns at most `limit` lines, and where to go on. A page may be short, or empty, and the log go on all the same: a
 *   search looks at a bounded number of lines each time
 */
export function readAudit(sql: SqlStorage, filter: AuditFilter): AuditPage {
  const asked = wantedBy(sql, filter);
  const words = wordsOf(filter.text ?? "");
  const entries: AuditEntry[] = [];
  let [looked, length] = [0, 0];
  for (const row of linesOf(sql, queryOf(words, filter, asked), asked)) {
    looked++;
    const entry = mayHaveWords(row, words) ? toEntry(row) : null;
    if (entry !== null && hasWords(entry, words)) {
      const last = entries.at(-1);
      length += row.changes.length;
      // One line more than asked for tells that there is a next page.
      if (last !== undefined && (entries.length >= filter.limit || length > MOST_TEXT)) {
        return { entries, next: last.number, lookedBackTo: null };
      }
      entries.push(entry);
    }
    if (looked >= MOST_LOOKED) return { entries, next: row.number, lookedBackTo: row.at };
  }
  return { entries, next: null, lookedBackTo: null };
}
