import type { NewWebhook, Webhook, WebhookEvent, WebhookInput } from "../../shared/webhooks.ts";
import { newSigningSecret } from "./signing.ts";

/** More than an account needs; each event is sent to all that want it. */
const MOST_WEBHOOKS = 20;
const MOST_URL = 2_000;
const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])$/;

type Row = {
  id: string;
  url: string;
  events: string;
  secret: string;
  created_at: number;
  tried_at: number | null;
  status: number | null;
  waiting: number;
};

const SELECT = `SELECT *, (SELECT count(*) FROM deliveries WHERE webhook_id = webhooks.id) AS waiting FROM webhooks`;

const toWebhook = ({ id, url, events, created_at, tried_at, status, waiting }: Row): Webhook => ({
  id,
  url,
  // The cast: only addHook writes this table.
  events: JSON.parse(events) as WebhookEvent[],
  createdAt: created_at,
  lastTry: tried_at === null ? null : { at: tried_at, status },
  waiting,
});

/** Says why an address can't be a webhook's; null: it can. */
function urlProblem(text: string): string | null {
  if (text.length > MOST_URL || !URL.canParse(text)) return "it is no whole address";
  const { protocol, hostname, username, password } = new URL(text);
  // It is shown to the owner, and would be sent along in the clear.
  if (username !== "" || password !== "") return "it holds a user or a password";
  return protocol === "https:" || (protocol === "http:" && LOOPBACK.test(hostname)) ? null : "it isn't https";
}

/** All webhooks, oldest first. */
export const readHooks = (sql: SqlStorage): Webhook[] =>
  sql.exec<Row>(`${SELECT} ORDER BY created_at, id`).toArray().map(toWebhook);

/** A webhook with what signs for it; null: there is none of that id. */
export function findHook(sql: SqlStorage, id: string): { webhook: Webhook; secret: string } | null {
  const [row] = sql.exec<Row>(`${SELECT} WHERE id = ?`, id).toArray();
  return row === undefined ? null : { webhook: toWebhook(row), secret: row.secret };
}

/**
 * Adds a webhook.
 *
 * @param now ms since 1970
 * @throws TypeError where the address can't be one, or there are too many
 */
export function addHook(sql: SqlStorage, { url, events }: WebhookInput, now: number): NewWebhook {
  const problem = urlProblem(url);
  if (problem !== null) throw new TypeError(`The webhook's address can't be used: ${problem}.`);
  if (readHooks(sql).length >= MOST_WEBHOOKS) throw new TypeError(`There are ${MOST_WEBHOOKS} webhooks already.`);
  const [id, secret] = [crypto.randomUUID(), newSigningSecret()];
  sql.exec(
    "INSERT INTO webhooks (id, url, events, secret, created_at) VALUES (?, ?, ?, ?, ?)",
    id,
    url,
    JSON.stringify(events),
    secret,
    now,
  );
  return { webhook: { id, url, events, createdAt: now, lastTry: null, waiting: 0 }, secret };
}

/** Removes a webhook, and what waits for it. @returns false where there is none of that id */
export function removeHook(sql: SqlStorage, id: string): boolean {
  const isThere = findHook(sql, id) !== null;
  sql.exec("DELETE FROM deliveries WHERE webhook_id = ?", id);
  sql.exec("DELETE FROM webhooks WHERE id = ?", id);
  return isThere;
}

/** Notes how a try went. `status` null: there was no answer. `now`: ms since 1970. */
export function noteTry(sql: SqlStorage, id: string, status: number | null, now: number): void {
  sql.exec("UPDATE webhooks SET tried_at = ?, status = ? WHERE id = ?", now, status, id);
}
