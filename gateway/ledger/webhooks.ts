import {
  type NewWebhook,
  type Webhook,
  WEBHOOK_EVENTS,
  type WebhookEvent,
  type WebhookInput,
} from "../../shared/webhooks.ts";
import { newSigningSecret } from "./signing.ts";

/** More than an account needs; each event is sent to all that want it. */
const MOST_WEBHOOKS = 20;
const MOST_URL = 2_000;
/** How long the signing secret before the newest one signs too, in ms. */
const GRACE_MS = 24 * 60 * 60_000;
const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])$/;

type Row = {
  id: string;
  url: string;
  events: string;
  secret: string;
  created_at: number;
  tried_at: number | null;
  status: number | null;
  given_up: number;
  waiting: number;
  old_secret: string | null;
  old_until: number | null;
};

/** The status that says that nothing more should ever be sent there (Standard Webhooks, Delivery success and failure). */
export const GONE = 410;

const SELECT = `SELECT *, (SELECT count(*) FROM deliveries WHERE webhook_id = webhooks.id) AS waiting FROM webhooks`;

const toWebhook = ({ id, url, events, created_at, tried_at, status, given_up, waiting }: Row): Webhook => ({
  id,
  url,
  // The cast: only addHook writes this table.
  events: JSON.parse(events) as WebhookEvent[],
  createdAt: created_at,
  lastTry: tried_at === null ? null : { at: tried_at, status },
  waiting,
  givenUp: given_up,
});

/** Whether a webhook said that it is gone: it gets nothing but tests. */
export const isGone = ({ lastTry }: Pick<Webhook, "lastTry">): boolean => lastTry?.status === GONE;

/** Says why this can't be a webhook; null: it can. */
function problemOf({ url: text, events }: WebhookInput): string | null {
  if (events.length === 0 || !events.every((event) => WEBHOOK_EVENTS.includes(event))) {
    return `Its events have to be one or more of ${WEBHOOK_EVENTS.join(", ")}.`;
  }
  if (text.length > MOST_URL) return `Its address has more than ${MOST_URL} characters.`;
  if (!URL.canParse(text)) return "Its address is no whole address, like https://example.com/hook.";
  const { protocol, hostname, username, password } = new URL(text);
  // It is shown to the owner in lists, and fetch refuses it.
  if (username !== "" || password !== "") return "Its address holds a user or a password.";
  const isSafe = protocol === "https:" || (protocol === "http:" && LOOPBACK.test(hostname));
  return isSafe ? null : "Its address isn't https. Only this machine may do without.";
}

/** All webhooks, oldest first. */
export const readHooks = (sql: SqlStorage): Webhook[] =>
  sql.exec<Row>(`${SELECT} ORDER BY created_at, id`).toArray().map(toWebhook);

/** A webhook with what signs for it. */
export interface SigningHook {
  webhook: Webhook;
  /** The newest first. */
  secrets: string[];
  /** Until when the older one signs too, ms since 1970; null: there is none. */
  oldSecretUntil: number | null;
}

/** A webhook with what signs for it at a time (ms since 1970); null: there is none of that id. */
export function findHook(sql: SqlStorage, id: string, now: number): SigningHook | null {
  const [row] = sql.exec<Row>(`${SELECT} WHERE id = ?`, id).toArray();
  if (row === undefined) return null;
  const { secret, old_secret: older, old_until: until } = row;
  const isOlderGood = older !== null && until !== null && until > now;
  return {
    webhook: toWebhook(row),
    secrets: isOlderGood ? [secret, older] : [secret],
    oldSecretUntil: isOlderGood ? until : null,
  };
}

/**
 * Gives a webhook a new signing secret; the one before signs too for a while.
 *
 * @param now ms since 1970
 * @returns the new one; null: there is no webhook of that id
 */
export function rotateSecret(sql: SqlStorage, id: string, now: number): string | null {
  const secret = newSigningSecret();
  const { rowsWritten } = sql.exec(
    "UPDATE webhooks SET old_secret = secret, old_until = ?, secret = ? WHERE id = ?",
    now + GRACE_MS,
    secret,
    id,
  );
  return rowsWritten === 0 ? null : secret;
}

/**
 * Adds a webhook.
 *
 * @param now ms since 1970
 * @throws TypeError where it can't be one; RangeError where there are 20 already
 */
export function addHook(sql: SqlStorage, input: WebhookInput, now: number): NewWebhook {
  const problem = problemOf(input);
  if (problem !== null) throw new TypeError(`This can't be a webhook. ${problem}`);
  if (readHooks(sql).length >= MOST_WEBHOOKS) {
    throw new RangeError(`There are ${MOST_WEBHOOKS} webhooks already. Remove one first.`);
  }
  const { url } = input;
  // One order, and each once.
  const events = WEBHOOK_EVENTS.filter((event) => input.events.includes(event));
  const [id, secret] = [crypto.randomUUID(), newSigningSecret()];
  sql.exec(
    "INSERT INTO webhooks (id, url, events, secret, created_at) VALUES (?, ?, ?, ?, ?)",
    id,
    url,
    JSON.stringify(events),
    secret,
    now,
  );
  return { webhook: { id, url, events, createdAt: now, lastTry: null, waiting: 0, givenUp: 0 }, secret };
}

/** Removes a webhook, and what waits for it. @returns false where there is none of that id */
export function removeHook(sql: SqlStorage, id: string): boolean {
  for (const table of ["deliveries", "tries"]) sql.exec(`DELETE FROM ${table} WHERE webhook_id = ?`, id);
  return sql.exec("DELETE FROM webhooks WHERE id = ?", id).rowsWritten > 0;
}

/**
 * Notes how a try went.
 *
 * @param status null: there was no answer
 * @param now ms since 1970
 */
export function noteTry(sql: SqlStorage, id: string, status: number | null, now: number): void {
  // A receiver that is gone stays so until it is answered otherwise: silence is no answer.
  const kept = "CASE WHEN ?2 IS NULL AND status = ?4 THEN status ELSE ?2 END";
  sql.exec(`UPDATE webhooks SET tried_at = ?1, status = ${kept} WHERE id = ?3`, now, status, id, GONE);
}

/** Lets a webhook rest until a time, ms since 1970. */
export function letRest(sql: SqlStorage, id: string, until: number): void {
  sql.exec("UPDATE webhooks SET rests_until = ? WHERE id = ?", until, id);
}

/** Notes that a webhook won't get some events. */
export function giveUp(sql: SqlStorage, id: string, count: number): void {
  sql.exec("UPDATE webhooks SET given_up = given_up + ? WHERE id = ?", count, id);
}
