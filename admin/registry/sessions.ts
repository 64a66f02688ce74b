import type { NewSession, OpenedBy, SessionView } from "./reports.ts";

type Row = {
  jti: string;
  created_at: number;
  expires_at: number;
  address: string;
  user_agent: string;
  last_seen_at: number;
  proven_at: number;
  opened_by: string;
  identity: string | null;
  name: string | null;
};

/** A session's last request is written down this seldom, in ms: a click costs no storage write. */
const SEEN_EVERY = 60_000;

// The cast: only addSession writes this column.
const toView = (row: Row): SessionView => ({
  jti: row.jti,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  address: row.address,
  userAgent: row.user_agent,
  lastSeenAt: row.last_seen_at,
  provenAt: row.proven_at,
  openedBy: row.opened_by as OpenedBy,
  identity: row.identity === null ? null : { subject: row.identity, name: row.name ?? "" },
});

/** Writes a new session, and drops the rows of those that have expired. Times are ms since 1970. */
export function addSession(sql: SqlStorage, session: NewSession, openedBy: OpenedBy, now: number): void {
  sql.exec("DELETE FROM sessions WHERE expires_at <= ?", now);
  sql.exec(
    `INSERT INTO sessions (jti, created_at, expires_at, address, user_agent, last_seen_at, proven_at, opened_by, identity, name)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    session.jti,
    session.createdAt,
    session.expiresAt,
    session.address,
    session.userAgent,
    now,
    session.provenAt,
    openedBy,
    session.identity?.subject ?? null,
    session.identity?.name ?? null,
  );
}

/**
 * Finds a live session; null where it has ended, has expired, was left idle or never was.
 *
 * @param idleMs how long it lasts without a request
 */
export function findSession(sql: SqlStorage, jti: string, idleMs: number, now: number): SessionView | null {
  const query = "SELECT * FROM sessions WHERE jti = ? AND expires_at > ? AND last_seen_at > ?";
  const [row] = sql.exec<Row>(query, jti, now, now - idleMs).toArray();
  return row === undefined ? null : toView(row);
}

/** Writes down that a session was used, once a minute at most. */
export function seeSession(sql: SqlStorage, { jti, lastSeenAt }: SessionView, now: number): void {
  if (now - lastSeenAt >= SEEN_EVERY) sql.exec("UPDATE sessions SET last_seen_at = ? WHERE jti = ?", now, jti);
}

/** Writes down that the owner has proved anew who they are. */
export function proveSession(sql: SqlStorage, jti: string, now: number): void {
  sql.exec("UPDATE sessions SET proven_at = ? WHERE jti = ?", now, jti);
}

/** All live sessions, newest first. */
export function listSessions(sql: SqlStorage, idleMs: number, now: number): SessionView[] {
  const query = "SELECT * FROM sessions WHERE expires_at > ? AND last_seen_at > ? ORDER BY created_at DESC, jti";
  return sql
    .exec<Row>(query, now, now - idleMs)
    .toArray()
    .map(toView);
}

/** Ends one session. An ended session has no row, so a signed JWT of it opens nothing any more. */
export function dropSession(sql: SqlStorage, jti: string): void {
  sql.exec("DELETE FROM sessions WHERE jti = ?", jti);
}

/**
 * Ends all sessions.
 *
 * @param keep the one that goes on; null: none
 */
export function dropAllSessions(sql: SqlStorage, keep: string | null): void {
  sql.exec("DELETE FROM sessions WHERE jti IS NOT ?", keep);
}
