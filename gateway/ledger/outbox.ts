import type { Notice } from "../../shared/webhooks.ts";
import { readHooks } from "./webhooks.ts";

/** Pauses after failed tries, in ms: together a day and a half. After the last one an event is given up. */
const PAUSES_MS = [5_000, 30_000, 120_000, 600_000, 3_600_000, 21_600_000, 86_400_000];
/** How long a notice is remembered, in ms: guards tell it again only while they haven't heard that it arrived. */
const REMEMBERED_MS = 60 * 24 * 60 * 60_000;
/** Deliveries at once: the free plan allows an invocation 50 calls. */
const AT_ONCE = 20;
/** … of them to one webhook, so that a slow one with a backlog leaves room for the others. */
const AT_ONCE_EACH = 4;

/** An event on its way to a webhook. */
export interface Delivery {
  webhookId: string;
  notice: Notice;
  /** Failed tries. */
  attempts: number;
}

/**
 * Takes a notice, for every webhook that wants its kind. One that was taken before changes nothing. Run it in a transaction.
 *
 * @param now ms since 1970
 */
export function takeNotice(sql: SqlStorage, notice: Notice, now: number): void {
  const { rowsWritten } = sql.exec(
    "INSERT INTO notices (id, at, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    notice.id,
    now,
    JSON.stringify(notice),
  );
  if (rowsWritten === 0) return;
  for (const { id, events } of readHooks(sql)) {
    if (!events.includes(notice.type)) continue;
    sql.exec(
      "INSERT INTO deliveries (webhook_id, notice_id, attempts, next_at) VALUES (?, ?, 0, ?)",
      id,
      notice.id,
      now,
    );
  }
}

/** What is to be sent now, longest due first. `now`: ms since 1970. */
export function dueDeliveries(sql: SqlStorage, now: number): Delivery[] {
  type Row = { webhook_id: string; attempts: number; body: string };
  const rows = sql.exec<Row>(
    `SELECT webhook_id, attempts, body FROM
       (SELECT *, row_number() OVER (PARTITION BY webhook_id ORDER BY next_at, notice_id) AS place
        FROM deliveries WHERE next_at <= ?)
     JOIN notices ON notices.id = notice_id WHERE place <= ? ORDER BY next_at LIMIT ?`,
    now,
    AT_ONCE_EACH,
    AT_ONCE,
  );
  return rows.toArray().map(({ webhook_id, attempts, body }) => ({
    webhookId: webhook_id,
    attempts,
    // The cast: only takeNotice writes this table.
    notice: JSON.parse(body) as Notice,
  }));
}

/** Crosses a delivery out: it arrived, or nobody wants it any more. */
export function crossOut(sql: SqlStorage, { webhookId, notice }: Delivery): void {
  sql.exec("DELETE FROM deliveries WHERE webhook_id = ? AND notice_id = ?", webhookId, notice.id);
}

/**
 * Puts a failed delivery off, or gives it up after the last pause.
 *
 * @param now ms since 1970
 */
export function putOff(sql: SqlStorage, delivery: Delivery, now: number): void {
  const pause = PAUSES_MS[delivery.attempts];
  if (pause === undefined) return crossOut(sql, delivery);
  sql.exec(
    "UPDATE deliveries SET attempts = ?, next_at = ? WHERE webhook_id = ? AND notice_id = ?",
    delivery.attempts + 1,
    now + pause,
    delivery.webhookId,
    delivery.notice.id,
  );
}

/** When the next delivery is due, ms since 1970; null: none waits. */
export const nextDelivery = (sql: SqlStorage): number | null =>
  sql.exec<{ at: number | null }>("SELECT min(next_at) AS at FROM deliveries").one().at;

/** How many wait. */
export const countWaiting = (sql: SqlStorage): number =>
  sql.exec<{ count: number }>("SELECT count(*) AS count FROM deliveries").one().count;

/** Forgets notices that nobody will tell again and nobody waits for. `now`: ms since 1970. */
export function sweepNotices(sql: SqlStorage, now: number): void {
  sql.exec("DELETE FROM notices WHERE at < ? AND id NOT IN (SELECT notice_id FROM deliveries)", now - REMEMBERED_MS);
}
