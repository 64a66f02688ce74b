import { auditText } from "./audit-text.ts";
import { trimAudit, TRIM_EVERY } from "./audit-trim.ts";
import type { AuditAction, AuditChanges } from "./reports.ts";
import type { Actor } from "./types.ts";

/** What the registry writes down about what it does by itself. */
export const NOBODY: Actor = { session: null, address: "registry", userAgent: "" };

/** The token that an action is about. */
export interface AuditSubject {
  id: string;
  label: string;
}

type Line = {
  at: number;
  actor: Actor;
  action: AuditAction;
  subject: AuditSubject | null;
  changes: AuditChanges;
};

/** @returns the line's number */
function insert(sql: SqlStorage, { at, actor, action, subject, changes }: Line): number {
  const { session, address, userAgent, country = null } = actor;
  const [tokenId, label] = [subject?.id ?? null, subject?.label ?? null];
  const { number } = sql
    .exec<{ number: number }>(
      // Never earlier than the line before it, whatever the clock says: days are found by halving.
      `INSERT INTO audit (at, session, address, user_agent, country, action, token_id, label, changes)
       VALUES (max(?, coalesce((SELECT at FROM audit ORDER BY number DESC LIMIT 1), 0)), ?, ?, ?, ?, ?, ?, ?, ?)
       RETURNING number`,
      at,
      session,
      address,
      userAgent,
      country,
      action,
      tokenId,
      label,
      JSON.stringify(changes),
    )
    .one();
  const text = auditText({ action, tokenId, label, address, userAgent, changes });
  sql.exec("INSERT INTO audit_text (rowid, text) VALUES (?, ?)", number, text);
  return number;
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
  const number = insert(sql, { at: now, actor, action, subject, changes });
  if (number % TRIM_EVERY !== 0) return;
  const trimmed = trimAudit(sql);
  // What is thrown away is said in the log itself.
  if (trimmed !== null) {
    insert(sql, { at: now, actor: NOBODY, action: "audit.trim", subject: null, changes: trimmed });
  }
}
