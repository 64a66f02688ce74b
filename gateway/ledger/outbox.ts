import type { Notice, Webhook } from "../../shared/webhooks.ts";
import { noteGivenUp } from "./tries.ts";
import { giveUp, GONE, isGone, readHooks } from "./webhooks.ts";

/** Pauses after failed tries, in ms: together a day and a half. After the last one an event is given up. */
const PAUSES_MS = [5_000, 30_000, 120_000, 600_000, 3_600_000, 21_600_000, 86_400_000];
/** How long a notice is remembered, in ms: guards tell it again only while they haven't heard that it arrived. */
const REMEMBERED_MS = 60 * 24 * 60 * 60_000;
/** How long an event waits, in ms, for a webhook that fails so long that not all of it can be tried. */
const PATIENCE_MS = 3 * 24 * 60 * 60_000;
/** What waits for one webhook. Beyond it the oldest are given up: a dead one must not fill the storage. */
const MOST_WAITING = 1_000;

/** An event on its way to a webhook. */
export interface Delivery {
  webhookId: string;
  notice: Notice;
  /** Failed tries. */
  attempts: number;
}

/** Makes room for one more. */
function makeRoom(sql: SqlStorage, webhookId: string, now: number): void {
  const gone = sql.exec<{ notice_id: string }>(
    `DELETE FROM deliveries WHERE webhook_id = ?1 AND notice_id =
       (SELECT notice_id FROM deliveries JOIN notices ON notices.id = notice_id WHERE webhook_id = ?1 ORDER BY at LIMIT 1)
     RETURNING notice_id`,
    webhookId,
  );
  giveUp(sql, webhookId, 1);
  noteGivenUp(sql, webhookId, gone.toArray(), now);
}

/**
 * Queues an event for a webhook, to be sent at once.
 *
 * @param now ms since 1970
 */
export function queueDelivery(
  sql: SqlStorage,
  hook: Pick<Webhook, "id" | "waiting">,
  noticeId: string,
  now: number,
): void {
  if (hook.waiting >= MOST_WAITING) makeRoom(sql, hook.id, now);
  sql.exec(
    `INSERT INTO deliveries (webhook_id, notice_id, attempts, next_at) VALUES (?, ?, 0, ?)
     ON CONFLICT (webhook_id, notice_id) DO UPDATE SET attempts = 0, next_at = excluded.next_at`,
    hook.id,
    noticeId,
    now,
  );
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
  for (const hook of readHooks(sql)) {
    if (!hook.events.includes(notice.type)) continue;
    if (isGone(hook)) {
      giveUp(sql, hook.id, 1);
      noteGivenUp(sql, hook.id, [{ notice_id: notice.id }], now);
    } else queueDelivery(sql, hook, notice.id, now);
  }
}

/** What is to be sent now: one event for each webhook, the longest due. `now`: ms since 1970. */
export function dueDeliveries(sql: SqlStorage, now: number): Delivery[] {
  type Row = { webhook_id: string; attempts: number; body: string };
  const rows = sql.exec<Row>(
    `SELECT webhooks.id AS webhook_id, attempts, body FROM webhooks
     JOIN deliveries ON webhook_id = webhooks.id AND notice_id =
       (SELECT notice_id FROM deliveries WHERE webhook_id = webhooks.id AND next_at <= ?1 ORDER BY next_at LIMIT 1)
     JOIN notices ON notices.id = notice_id WHERE rests_until <= ?1 AND status IS NOT ${GONE}`,
    now,
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
 * @returns the pause, ms; null: it is given up
 */
export function putOff(sql: SqlStorage, delivery: Delivery, now: number): number | null {
  const { webhookId, notice, attempts } = delivery;
  const pause = PAUSES_MS[attempts];
  if (pause === undefined) {
    crossOut(sql, delivery);
    giveUp(sql, webhookId, 1);
    return null;
  }
  const { rowsWritten } = sql.exec(
    "UPDATE deliveries SET attempts = ?, next_at = ? WHERE webhook_id = ? AND notice_id = ?",
    attempts + 1,
    now + pause,
    webhookId,
    notice.id,
  );
  // None where it was given up while it was on its way.
  return rowsWritten === 0 ? null : pause;
}

/**
 * Gives up all that waits for a webhook.
 *
 * @param now ms since 1970
 * @param before only what was noticed before this time, ms since 1970
 */
export function giveUpAll(sql: SqlStorage, webhookId: string, now: number, before: number = Infinity): void {
  const query = `DELETE FROM deliveries WHERE webhook_id = ? AND notice_id IN (SELECT id FROM notices WHERE at < ?)
    RETURNING notice_id`;
  const gone = sql.exec<{ notice_id: string }>(query, webhookId, before).toArray();
  if (gone.length === 0) return;
  giveUp(sql, webhookId, gone.length);
  noteGivenUp(sql, webhookId, gone, now);
}

/** When the next delivery is due, ms since 1970; null: none waits. */
export const nextDelivery = (sql: SqlStorage): number | null =>
  sql
    .exec<{ at: number | null }>(
      `SELECT min(max(rests_until, (SELECT min(next_at) FROM deliveries WHERE webhook_id = webhooks.id))) AS at
       FROM webhooks WHERE status IS NOT ${GONE}`,
    )
    .one().at;

/** How many wait. */
export const countWaiting = (sql: SqlStorage): number =>
  sql.exec<{ count: number }>("SELECT count(*) AS count FROM deliveries").one().count;

/** Forgets notices that nobody will tell again, and gives up what has waited too long. `now`: ms since 1970. */
export function sweepNotices(sql: SqlStorage, now: number): void {
  for (const { id } of readHooks(sql)) giveUpAll(sql, id, now, now - PATIENCE_MS);
  sql.exec("DELETE FROM notices WHERE at < ?", now - REMEMBERED_MS);
}
