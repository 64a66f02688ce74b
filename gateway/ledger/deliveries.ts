import type { Notice, Resent, WaitingEvent, WebhookDeliveries } from "../../shared/webhooks.ts";
import { queueDelivery } from "./outbox.ts";
import { readTries } from "./tries.ts";
import { findHook, isGone, letRest } from "./webhooks.ts";

// What the owner sees, and does, of one webhook's deliveries.

/** How many of those that wait are shown. */
const MOST_SHOWN = 50;

type Row = { id: string; body: string; attempts: number; next: number };

function readWaiting(sql: SqlStorage, webhookId: string): WaitingEvent[] {
  const rows = sql.exec<Row>(
    `SELECT notices.id AS id, body, attempts, max(next_at, rests_until) AS next FROM deliveries
     JOIN webhooks ON webhooks.id = webhook_id JOIN notices ON notices.id = notice_id
     WHERE webhook_id = ? ORDER BY next_at, notices.at LIMIT ?`,
    webhookId,
    MOST_SHOWN,
  );
  return rows.toArray().map(({ id, body, attempts, next }) => {
    // The cast: only takeNotice writes this table.
    const { type, at } = JSON.parse(body) as Notice;
    return { eventId: id, type, since: at, tries: attempts, nextTryAt: next };
  });
}

/** See `ControlApi.webhookDeliveries`. `now`: ms since 1970. */
export function readDeliveries(sql: SqlStorage, id: string, now: number): WebhookDeliveries | null {
  const found = findHook(sql, id, now);
  if (found === null) return null;
  const { webhook, oldSecretUntil } = found;
  return { webhook, oldSecretUntil, waiting: readWaiting(sql, id), tries: readTries(sql, id) };
}

/** See `ControlApi.resendEvent`. Run it in a transaction. `now`: ms since 1970. */
export function resend(sql: SqlStorage, id: string, eventId: string, now: number): Resent {
  const found = findHook(sql, id, now);
  const isKnown = sql.exec("SELECT 1 FROM notices WHERE id = ?", eventId).toArray().length > 0;
  if (found === null || !isKnown) return "missing";
  if (isGone(found.webhook)) return "gone";
  queueDelivery(sql, found.webhook, eventId, now);
  letRest(sql, id, 0);
  return "queued";
}

/** See `ControlApi.reviveWebhook`. Run it in a transaction. `now`: ms since 1970. */
export function revive(sql: SqlStorage, id: string, now: number): boolean {
  const found = findHook(sql, id, now);
  if (found === null) return false;
  if (isGone(found.webhook)) sql.exec("UPDATE webhooks SET tried_at = NULL, status = NULL WHERE id = ?", id);
  sql.exec("UPDATE deliveries SET next_at = ? WHERE webhook_id = ? AND next_at > ?", now, id, now);
  letRest(sql, id, 0);
  return true;
}
