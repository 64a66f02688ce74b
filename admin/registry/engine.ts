import type { TokenRecord } from "../../shared/record.ts";
import { nextJob } from "./bulk-jobs.ts";
import { stepBulk } from "./bulk.ts";
import { HolderNews } from "./holder-news.ts";
import { counted } from "./kv-calls.ts";
import { dueWork, enqueueEnded, nextWork, pendingOf } from "./outbox.ts";
import { POLICIES_KEY } from "./policy-book.ts";
import { type Delivery, Publisher } from "./publisher.ts";
import { rebuildDue, stepRebuild } from "./rebuild.ts";
import { dueSettings, nextSettings, type SettingName, SettingsPublisher } from "./settings.ts";
import { findToken, viewOf } from "./tokens.ts";
import type { Outcome, TokenView, UsesKnown } from "./types.ts";
import { UseNews } from "./use-news.ts";

// The free plan allows an invocation 50 calls, and any plan 32 to other Workers: the alarm's, with four for how tokens are
// used and one for what holders did, stay below it.
const PUBLISH_CALLS = 24;
const REBUILD_STEPS = 8;
/** Calls for tokens that one action of the owner may make before it is answered. */
const ANSWER_CALLS = 30;

/** What drives the registry: transactions, publishing after them, and the alarm that finishes what is left over. */
export class Engine {
  /** Where records go; a test replaces it. */
  delivery: Delivery;
  /** What a rebuild reads; a test replaces it. */
  kv: KVNamespace;
  readonly #storage: DurableObjectStorage;
  readonly #publisher: Publisher;
  readonly #news: HolderNews;
  readonly #uses: UseNews;
  readonly #settings: SettingsPublisher;

  /** @param storage the registry's, with its tables up to date */
  constructor(storage: DurableObjectStorage, env: AdminEnv) {
    this.#storage = storage;
    this.kv = env.TOKENS;
    this.delivery = {
      // Async, so that a missing binding is a failed try like any other.
      apply: async (record) => env.GATEWAY.apply(record),
      put: async (hash, value) => env.TOKENS.put(hash, value),
      remove: async (hash) => env.TOKENS.delete(hash),
      holderChanges: async (after) => env.GATEWAY.holderChanges(after),
      useChanges: async (after) => env.GATEWAY.useChanges(after),
    };
    const delivery = (): Delivery => counted(storage.sql, this.delivery, Date.now);
    this.#publisher = new Publisher(storage, delivery);
    this.#news = new HolderNews(storage, () => this.delivery);
    this.#settings = new SettingsPublisher(storage.sql, delivery);
    this.#uses = new UseNews(storage, () => this.delivery);
  }

  /**
   * Runs an action in one transaction: all that it writes, or nothing where it throws.
   *
   * @param action gets the database and the time in ms since 1970
   */
  write<T>(action: (sql: SqlStorage, now: number) => T): T {
    return this.#storage.transactionSync(() => action(this.#storage.sql, Date.now()));
  }

  /** The owner's view of a record, with what isn't confirmed yet. */
  view(record: TokenRecord): TokenView {
    return viewOf(record, pendingOf(this.#storage.sql, record.id), Date.now());
  }

  /** Publishes at once what an action has written, so that the owner's answer says what is confirmed. */
  async publish(outcome: Outcome<TokenRecord>): Promise<Outcome<TokenView>> {
    if (!outcome.ok) return outcome;
    // The alarm is set in the same breath as the transaction: a crash from here on loses nothing.
    await this.#schedule();
    await this.#publisher.publish(outcome.value.id);
    await this.#schedule();
    const now = findToken(this.#storage.sql, outcome.value.id) ?? outcome.value;
    // What the action wrote, unless the guard has told of an act of the holder's since.
    const isMerged = now.holderActedAt !== outcome.value.holderActedAt;
    return { ok: true, value: this.view(isMerged ? now : outcome.value) };
  }

  /**
   * Hears what holders did to their tokens; the alarm publishes what that changed.
   *
   * @param atOnce also where it was asked less than a minute ago
   */
  async hearHolders(atOnce = false): Promise<void> {
    if (await this.#news.hear(atOnce)) await this.#schedule();
  }

  /**
   * Hears how tokens are used; the alarm goes on where there is more than one look may ask for.
   *
   * @returns how much is known
   */
  async hearUses(): Promise<UsesKnown> {
    await this.#uses.hear();
    if (this.#uses.due() !== null) await this.#schedule();
    return this.#uses.known();
  }

  /** Does the first part of an action on many tokens, and tells their guards as far as one answer may. The alarm goes on. */
  async beginBulk(): Promise<void> {
    await this.#schedule();
    await this.#goOnWithBulk();
    await this.#publishDue(ANSWER_CALLS);
    await this.#schedule();
  }

  async #goOnWithBulk(): Promise<void> {
    const job = nextJob(this.#storage.sql);
    if (job === null) return;
    // What a holder did a moment ago is known before the owner's word on it.
    if (job.report.action.kind === "enable") await this.hearHolders(true);
    stepBulk(this.#storage, Date.now());
  }

  /** Publishes at once a setting that an action has written (`putSettings`); the alarm goes on where that fails. */
  async publishSettings(name: SettingName): Promise<void> {
    await this.#schedule();
    await this.#settings.publish(name);
    await this.#schedule();
  }

  /** Publishes the named policies, and as many of the tokens that changed with them as one invocation may. */
  async publishPolicies(): Promise<void> {
    await this.#schedule();
    await Promise.all([this.#settings.publish(POLICIES_KEY), this.#publishDue(ANSWER_CALLS)]);
    await this.#schedule();
  }

  async #publishDue(calls: number): Promise<void> {
    const work = dueWork(this.#storage.sql, Date.now(), calls);
    await Promise.all(work.map(({ tokenId, targets }) => this.#publisher.publish(tokenId, targets)));
  }

  /** Does the next part of a rebuild, if one is on its way; the alarm does the rest. */
  async goOnRebuilding(): Promise<void> {
    await this.#schedule();
    for (let step = 0; step < REBUILD_STEPS; step++) {
      if (!(await stepRebuild(this.#storage, this.kv, Date.now))) break;
    }
    await this.#schedule();
  }

  /** Sets the alarm where there is work but none is set. */
  async wake(): Promise<void> {
    if ((await this.#storage.getAlarm()) === null) await this.#schedule();
  }

  /** Does what is due, and sets the next alarm even where something in here fails. */
  async ring(): Promise<void> {
    this.write((sql, now) => enqueueEnded(sql, now));
    try {
      await Promise.all([
        this.#publishDue(PUBLISH_CALLS),
        this.#uses.goOn(),
        ...dueSettings(this.#storage.sql, Date.now()).map((name) => this.#settings.publish(name)),
      ]);
      await this.#goOnWithBulk();
    } finally {
      await this.goOnRebuilding();
    }
  }

  async #schedule(): Promise<void> {
    const { sql } = this.#storage;
    const bulk = nextJob(sql) === null ? null : Date.now();
    const times = [nextWork(sql), nextSettings(sql), rebuildDue(sql), this.#uses.due(), bulk].filter(
      (at) => at !== null,
    );
    if (times.length === 0) await this.#storage.deleteAlarm();
    else await this.#storage.setAlarm(Math.min(...times));
  }
}
