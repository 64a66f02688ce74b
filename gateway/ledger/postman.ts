import type { WebhookTrial } from "../../shared/webhooks.ts";
import { log } from "../log.ts";
import { crossOut, type Delivery, dueDeliveries, giveUpAll, putOff } from "./outbox.ts";
import { payloadOf, testPayload } from "./payload.ts";
import { isTaken, send } from "./sending.ts";
import { messageId } from "./signing.ts";
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
    const found = findHook(sql, id);
    if (found === null) return null;
    const now = this.#clock();
    const { webhook, secret } = found;
    const message = await messageId(`test ${crypto.randomUUID()}`);
    const trial = await send({ url: webhook.url, secret }, message, testPayload(now), now);
    noteTry(sql, id, trial.status, this.#clock());
    if (trial.status === GONE) giveUpAll(sql, id);
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
    const found = findHook(this.#storage.sql, webhookId);
    if (found === null) return;
    const { webhook, secret } = found;
    const id = await messageId(notice.id);
    const { status } = await send({ url: webhook.url, secret }, id, payloadOf(notice), this.#clock());
    this.#storage.transactionSync(() => this.#note(delivery, status));
  }

  #note(delivery: Delivery, status: number | null): void {
    const { sql } = this.#storage;
    const now = this.#clock();
    const { webhookId } = delivery;
    noteTry(sql, webhookId, status, now);
    let rest = 0;
    if (isTaken(status)) crossOut(sql, delivery);
    else if (status === GONE) giveUpAll(sql, webhookId);
    else rest = now + Math.min(putOff(sql, delivery, now) ?? LONGEST_REST_MS, LONGEST_REST_MS);
    letRest(sql, webhookId, rest);
  }
}
