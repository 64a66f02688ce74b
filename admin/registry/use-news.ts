import { withDeadline } from "../../shared/deadline.ts";
import type { TokenUse, UseChanges } from "../../shared/usage.ts";
import type { Delivery } from "./publisher.ts";
import type { UsesKnown } from "./types.ts";
import { rollPeriods, saveUses } from "./uses.ts";

/** How often the owner's pages make the registry ask, in ms. The ledger itself is up to 15 s late. */
const EVERY = 30_000;
/** How long the owner's page may wait for an answer, in ms. */
const DEADLINE = 1_000;
/** As many as one answer holds; then there may be more. */
const FULL = 1_000;
/** Calls that one ring of the alarm may make; a look of the owner's makes one. */
const CALLS = 4;

type Place = { place: number; whole_at: number | null; next_at: number | null };
const AT_FIRST: Place = { place: 0, whole_at: null, next_at: null };

const readPlace = (sql: SqlStorage): Place =>
  sql.exec<Place>("SELECT place, whole_at, next_at FROM use_news").toArray()[0] ?? AT_FIRST;

function writePlace(sql: SqlStorage, { place, whole_at, next_at }: Place): void {
  const query = "INSERT OR REPLACE INTO use_news (only_row, place, whole_at, next_at) VALUES (1, ?, ?, ?)";
  sql.exec(query, place, whole_at, next_at);
}

const readable = (news: UseChanges): UseChanges | null =>
  Array.isArray(news.uses) && Number.isFinite(news.next) ? news : null;
const isUse = (value: TokenUse): boolean =>
  typeof value.tokenId === "string" && Number.isFinite(value.micros) && Array.isArray(value.budgets);

/** Hears from the gateway how tokens are used, so that the owner's list can be sorted and filtered by it. */
export class UseNews {
  readonly #storage: DurableObjectStorage;
  readonly #delivery: () => Delivery;
  #askedAt = 0;
  #reachable = true;

  /** @param delivery asked anew for each call */
  constructor(storage: DurableObjectStorage, delivery: () => Delivery) {
    this.#storage = storage;
    this.#delivery = delivery;
  }

  /** How much is known. */
  known(): UsesKnown {
    return { asOf: readPlace(this.#storage.sql).whole_at, reachable: this.#reachable };
  }

  /** When the alarm has to go on, ms since 1970; null: there is nothing left. */
  due(): number | null {
    return readPlace(this.#storage.sql).next_at;
  }

  /**
   * Asks where the last answer is older than half a minute, and takes over what is new. It never throws for a fault of the
   * gateway, and never takes much longer than a second. What doesn't fit is left to the alarm: see `due`.
   */
  async hear(): Promise<void> {
    const now = Date.now();
    if (Math.abs(now - this.#askedAt) >= EVERY) {
      this.#askedAt = now;
      await this.#ask(now + DEADLINE, 1);
    }
    this.#roll();
  }

  /** Goes on with what is due by the alarm. */
  async goOn(): Promise<void> {
    const due = this.due();
    if (due === null || due > Date.now()) return;
    await this.#ask(Date.now() + CALLS * DEADLINE, CALLS);
    this.#roll();
  }

  async #ask(until: number, calls: number): Promise<void> {
    for (let call = 0; call < calls; call++) {
      const { place } = readPlace(this.#storage.sql);
      const asked = withDeadline(this.#delivery().useChanges(place), Math.max(1, until - Date.now()), "the gateway");
      const news = await asked.then(readable, () => null);
      this.#reachable = news !== null;
      // Without an answer the place stays: the owner's next look goes on from there, and no alarm asks a gateway that is down.
      if (news === null) return this.#leaveOff();
      const isWhole = this.#storage.transactionSync(() => this.#take(news));
      if (isWhole) return;
    }
  }

  #leaveOff(): void {
    const known = readPlace(this.#storage.sql);
    if (known.next_at !== null) writePlace(this.#storage.sql, { ...known, next_at: null });
  }

  #take({ uses, next }: UseChanges): boolean {
    const { sql } = this.#storage;
    const now = Date.now();
    const isWhole = uses.length < FULL;
    saveUses(sql, uses.filter(isUse), now);
    const { whole_at } = readPlace(sql);
    writePlace(sql, { place: next, whole_at: isWhole ? now : whole_at, next_at: isWhole ? null : now });
    return isWhole;
  }

  #roll(): void {
    const { sql } = this.#storage;
    const isMore = this.#storage.transactionSync(() => rollPeriods(sql, Date.now()));
    if (isMore) writePlace(sql, { ...readPlace(sql), next_at: Date.now() });
  }
}
