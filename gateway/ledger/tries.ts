import type { Notice, TryOutcome, WebhookTry } from "../../shared/webhooks.ts";

// How the last tries of each webhook went: for the owner, who wants to see why nothing arrives.

/** How many are kept of each webhook. */
export const MOST_TRIES = 50;

function trim(sql: SqlStorage, webhookId: string): void {
  sql.exec(
    `DELETE FROM tries WHERE webhook_id = ?1 AND number <=
       (SELECT number FROM tries WHERE webhook_id = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)`,
    webhookId,
    MOST_TRIES,
  );
}

/** Writes down how a try went. */
export function addTry(sql: SqlStorage, webhookId: string, one: WebhookTry): void {
  sql.exec(
    "INSERT INTO tries (webhook_id, notice_id, type, at, status, problem, outcome) VALUES (?, ?, ?, ?, ?, ?, ?)",
    webhookId,
    one.eventId,
    one.type,
    one.at,
    one.status,
    one.problem,
    one.outcome,
  );
  trim(sql, webhookId);
}

/**
 * Writes down that events were given up without another try. Those of which a try was given up in this very moment have their
 * line already.
 *
 * @param now ms since 1970
 */
export function noteGivenUp(
  sql: SqlStorage,
  webhookId: string,
  notices: readonly { notice_id: string }[],
  now: number,
): void {
  sql.exec(
    `INSERT INTO tries (webhook_id, notice_id, type, at, status, problem, outcome)
     SELECT ?1, id, body ->> 'type', ?2, NULL, NULL, 'given_up' FROM (
       SELECT id, body, at FROM notices WHERE id IN (SELECT value FROM json_each(?3)) AND NOT EXISTS
         (SELECT 1 FROM tries WHERE webhook_id = ?1 AND notice_id = id AND tries.at = ?2 AND outcome = 'given_up')
       ORDER BY at DESC LIMIT ?4
     ) ORDER BY at`,
    webhookId,
    now,
    JSON.stringify(notices.map(({ notice_id }) => notice_id)),
    MOST_TRIES,
  );
  trim(sql, webhookId);
}

type Row = {
  notice_id: string | null;
  type: string;
  at: number;
  status: number | null;
  problem: string | null;
  outcome: string;
};

/** The last tries of a webhook, newest first. */
export function readTries(sql: SqlStorage, webhookId: string): WebhookTry[] {
  const rows = sql.exec<Row>(
    "SELECT notice_id, type, at, status, problem, outcome FROM tries WHERE webhook_id = ? ORDER BY number DESC",
    webhookId,
  );
  return rows.toArray().map(({ notice_id, type, at, status, problem, outcome }) => ({
    eventId: notice_id,
    // The casts: only this file writes the table.
    type: type as Notice["type"] | "test",
    at,
    outcome: outcome as TryOutcome,
    status,
    problem,
  }));
}
