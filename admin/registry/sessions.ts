import type { SessionView } from "./reports.ts";

type Row = { jti: string; created_at: number; expires_at: number; address: string; user_agent: string };

const toView = (row: Row): SessionView => ({
  jti: row.jti,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  address: row.address,
  userAgent: row.user_agent,
});

/** Writes a new session, and drops the rows of those that have expired. Times are ms since 1970. */
export function addSession(sql: SqlStorage, session: SessionView, now: number): void {
  sql.exec("DELETE FROM sessions WHERE expires_at <= ?", now);
  sql.exec(
    "INSERT INTO sessions (jti, created_at, expires_at, address, user_agent) VALUES (?, ?, ?, ?, ?)",
    session.jti,
    session.createdAt,
    session.expiresAt,
    session.address,
    session.userAgent,
  );
}

/** Finds a live session; null where it has ended, has expired or never was. */
export function findSession(sql: SqlStorage, jti: string, now: number): SessionView | null {
  const [row] = sql.exec<Row>("SELECT * FROM sessions WHERE jti = ? AND expires_at > ?", jti, now).toArray();
  return row === undefined ? null : toView(row);
}

/** All live sessions, newest first. */
export function listSessions(sql: SqlStorage, now: number): SessionView[] {
  return sql
    .exec<Row>("SELECT * FROM sessions WHERE expires_at > ? ORDER BY created_at DESC, jti", now)
    .toArray()
    .map(toView);
}

/** Ends one session. An ended session has no row, so a signed JWT of it opens nothing any more. */
export function dropSession(sql: SqlStorage, jti: string): void {
  sql.exec("DELETE FROM sessions WHERE jti = ?", jti);
}

/** Ends all sessions. */
export function dropAllSessions(sql: SqlStorage): void {
  sql.exec("DELETE FROM sessions");
}
