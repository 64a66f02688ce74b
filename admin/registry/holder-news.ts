import type { HolderChanges } from "../../shared/control.ts";
import { withDeadline } from "../../shared/deadline.ts";
import { checkRecord } from "../../shared/record.ts";
import type { Delivery } from "./publisher.ts";
import { takeOver } from "./merging.ts";

/** How often the owner's pages make the registry ask, in ms. */
const EVERY = 5_000;
/** How long the owner's page may wait for the answer, in ms. */
const DEADLINE = 1_000;
/** As many as one answer holds; then there may be more. */
const FULL = 100;

function readPlace(sql: SqlStorage): number {
  return sql.exec<{ place: number }>("SELECT place FROM holder_news").toArray()[0]?.place ?? 0;
}

/** Hears from the gateway what holders did, so that the owner sees it and KV learns of it before the owner's next action. */
export class HolderNews {
  readonly #storage: DurableObjectStorage;
  readonly #delivery: () => Delivery;
  #askedAt = 0;

  /** @param delivery asked anew for each call */
  constructor(storage: DurableObjectStorage, delivery: () => Delivery) {
    this.#storage = storage;
    this.#delivery = delivery;
  }

  /**
   * Asks, and takes over what is new. It never throws for a fault of the gateway, and never takes longer than a second.
   *
   * @param atOnce also where it was asked a moment ago
   * @returns whether anything has to be published now
   */
  async hear(atOnce: boolean): Promise<boolean> {
    const now = Date.now();
    if (!atOnce && Math.abs(now - this.#askedAt) < EVERY) return false;
    this.#askedAt = now;
    const place = readPlace(this.#storage.sql);
    const news = await withDeadline(this.#delivery().holderChanges(place), DEADLINE, "the gateway").catch(() => null);
    if (news === null) return false;
    if (news.records.length >= FULL) this.#askedAt = 0;
    return this.#storage.transactionSync(() => this.#take(news, place));
  }

  #take({ records, next }: HolderChanges, place: number): boolean {
    const { sql } = this.#storage;
    const taken = records.map(checkRecord).filter((record) => record !== null && takeOver(sql, record, Date.now()));
    if (next !== place) sql.exec("INSERT OR REPLACE INTO holder_news (only_row, place) VALUES (1, ?)", next);
    return taken.length > 0;
  }
}
