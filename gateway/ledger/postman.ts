import type { TryOutcome, WebhookTrial } from "../../shared/webhooks.ts";
import { log } from "../log.ts";
import { crossOut, type Delivery, dueDeliveries, giveUpAll, putOff } from "./outbox.ts";
import { payloadOf, testPayload } from "./payload.ts";
import { isTaken, send } from "./sending.ts";
import { messageId } from "./signing.ts";
import { addTry } from "./tries.ts";
import { findHook, GONE, letRest, noteTry } from "./webhooks.ts";

/** How long a webhook is left alone, in ms, while something is on its way to it: longer than that can take. */
const ON_ITS_WAY_MS = 30_000;
/** How long a webhook that failed is left alone at most, in ms: one event's long pause must not become that of all. */
const LONGEST_REST_MS = 10 * 60_000;

/**
 * Carries events to webhooks: one at a time to each, and nobody waits for it. A webhook that is slow or dead holds up none
 * but its own events.
 */
export class Postman {
  /** What is on its way, by webhook. */
  readonly sending = new Map<string, Promise<void>>();
  readonly #storage: DurableObjectStorage;
  readonly #clock: () => number;
  readonly #wake: () => Promise<void>;

  /**
   * @param clock tells the time, ms since 1970
   * @param wake is called when there may be more to send
   */
  constructor(storage: DurableObjectStorage, clock: () => number, wake: () => Promise<void>) {
    this.#storage = storage;
    this.#clock = clock;
    this.#wake = wake;
  }

  /** Sends off what is due: at most one event to each of the 20 webhooks, so below the free plan's 50 calls. */
  sendDue(): void {
    const now = this.#clock();
    for (const delivery of dueDeliveries(this.#storage.sql, now)) {
      const { webhookId } = delivery;
      // Stored, so that it is tried again if this object goes away meanwhile. Where something takes longer than it may, this
      // puts the next look off: else the alarm would be set for the past, and ring without a pause.
      letRest(this.#storage.sql, webhookId, now + ON_ITS_WAY_MS);
      if (this.sending.has(webhookId)) continue;
      this.sending.set(webhookId, this.#deliver(delivery));
    }
  }

  /**
   * Sends a test at once.
   *
   * @returns how that went; null: there is no webhook of that id
   */
  async tryOut(id: string): Promise<WebhookTrial | null> {
    const { sql } = this.#storage;
    const now = this.#clock();
    const found = findHook(sql, id, now);
    if (found === null) return null;
    const { webhook, secrets } = found;
    const message = await messageId(`test ${crypto.randomUUID()}`);
    const trial = await send({ url: webhook.url, secrets }, message, testPayload(now), now);
    const at = this.#clock();
    noteTry(sql, id, trial.status, at);
    const outcome = isTaken(trial.status) ? "delivered" : "failed";
    addTry(sql, id, { ...trial, eventId: null, type: "test", at, outcome });
    if (trial.status === GONE) giveUpAll(sql, id, at);
    // Or what is on its way would be sent once more.
    if (isTaken(trial.status) && !this.sending.has(id)) letRest(sql, id, 0);
    await this.#wake();
    return trial;
  }

  async #deliver(delivery: Delivery): Promise<void> {
    try {
      await this.#send(delivery);
    } catch (error) {
      // Of the storage. It is tried again when the webhook has rested.
      log("error", "webhook_failed", { webhook: delivery.webhookId, name: error instanceof Error ? error.name : "" });
    } finally {
      this.sending.delete(delivery.webhookId);
    }
    await this.#wake();
  }

  async #send(delivery: Delivery): Promise<void> {
    const { webhookId, notice } = delivery;
    const found = findHook(this.#storage.sql, webhookId, this.#clock());
    if (found === null) return;
    const { webhook, secrets } = found;
    const id = await messageId(notice.id);
    const trial = await send({ url: webhook.url, secrets }, id, payloadOf(notice), this.#clock());
    this.#storage.transactionSync(() => this.#note(delivery, trial));
  }

  #note(delivery: Delivery, trial: WebhookTrial): void {
    const { sql } = this.#storage;
    const now = this.#clock();
    const { webhookId, notice } = delivery;
    const { status } = trial;
    // It may have been removed while the message was on its way.
    if (findHook(sql, webhookId, now) === null) return;
    noteTry(sql, webhookId, status, now);
    let rest = 0;
    let outcome: TryOutcome = "delivered";
    if (isTaken(status)) crossOut(sql, delivery);
    else {
      const pause = status === GONE ? null : putOff(sql, delivery, now);
      if (status !== GONE) rest = now + Math.min(pause ?? LONGEST_REST_MS, LONGEST_REST_MS);
      outcome = pause === null ? "given_up" : "failed";
    }
    addTry(sql, webhookId, { ...trial, eventId: notice.id, type: notice.type, at: now, outcome });
    if (status === GONE) giveUpAll(sql, webhookId, now);
    letRest(sql, webhookId, rest);
  }
}
