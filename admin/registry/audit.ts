import type { AuditAction, AuditChanges, AuditEntry, AuditFilter, AuditPage } from "./reports.ts";
import type { Actor } from "./types.ts";

type Row = {
  number: number;
  at: number;
  session: string | null;
  address: string;
  user_agent: string;
  action: string;
  token_id: string | null;
  label: string | null;
  changes: string;
};

/** What the registry writes down about what it does by itself. */
export const NOBODY: Actor = { session: null, address: "registry", userAgent: "" };

/** The token that an action is about. */
export interface AuditSubject {
  id: string;
  label: string;
}

/**
 * Writes one line. Call it in the transaction of the action itself, so that there is never one without the other.
 *
 * @param changes what the action changed; the caller leaves out secrets and hashes
 * @param now ms since 1970
 */
export function addAudit(
  sql: SqlStorage,
  actor: Actor,
  action: AuditAction,
  subject: AuditSubject | null,
  changes: AuditChanges,
  now: number,
): void {
  sql.exec(
    `INSERT INTO audit (at, session, address, user_agent, action, token_id, label, changes)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    now,
    actor.session,
    actor.address,
    actor.userAgent,
    action,
    subject?.id ?? null,
    subject?.label ?? null,
    JSON.stringify(changes),
  );
}

// The casts: only addAudit writes this table.
const toEntry = (row: Row): AuditEntry => ({
  number: row.number,
  at: row.at,
  session: row.session,
  address: row.address,
  userAgent: row.user_agent,
  action: row.action as AuditAction,
  tokenId: row.token_id,
  label: row.label,
  changes: JSON.parse(row.changes) as AuditChanges,
});

/**
 * Reads a page of the log, newest first.
 *
 * @returns at most `limit` lines, and where to go on
 */
export function readAudit(sql: SqlStorage, filter: AuditFilter): AuditPage {
  const rows = sql
    .exec<Row>(
      `SELECT * FROM audit WHERE (?1 IS NULL OR token_id = ?1) AND (?2 IS NULL OR number < ?2)
       ORDER BY number DESC LIMIT ?3`,
      filter.tokenId,
      filter.before,
      filter.limit + 1,
    )
    .toArray();
  const entries = rows.slice(0, filter.limit).map(toEntry);
  // One row more than asked for tells whether there is a next page.
  return { entries, next: rows.length > filter.limit ? (entries.at(-1)?.number ?? null) : null };
}
