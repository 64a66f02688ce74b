import type { Applied, HolderChanges } from "../../shared/control.ts";
import { checkRecord, type TokenRecord } from "../../shared/record.ts";
import type { UseChanges } from "../../shared/usage.ts";
import { inTime } from "../deadline.ts";
import { addAudit, NOBODY } from "./audit.ts";
import { forgetKey, publishedHashes } from "./keys.ts";
import { Lanes } from "./lanes.ts";
import { takeOver } from "./merging.ts";
import { findOutbox, settle } from "./outbox.ts";
import { liveSecrets } from "./records.ts";
import { Stragglers } from "./stragglers.ts";
import { findToken } from "./tokens.ts";
import type { PublishTarget } from "./types.ts";

/** Where records go. The registry makes it from its bindings; a test puts failing ones in its place. */
export interface Delivery {
  /** Tells the gateway's guard; see `ControlApi.apply`. */
  apply(record: TokenRecord): Promise<Pick<Applied, "version"> & Partial<Applied>>;
  /** Asks what holders changed; see `ControlApi.holderChanges`. */
  holderChanges(after: number): Promise<HolderChanges>;
  /** Asks how tokens were used; see `ControlApi.useChanges`. */
  useChanges(after: number): Promise<UseChanges>;
  /** Writes a KV key. */
  put(hash: string, value: string): Promise<void>;
  /** Removes a KV key. */
  remove(hash: string): Promise<void>;
}

/** Carries tokens' newest records out to the gateway and to KV, and keeps book of it in the outbox. */
export class Publisher {
  readonly #storage: DurableObjectStorage;
  readonly #delivery: () => Delivery;
  readonly #lanes = new Lanes();
  readonly #stragglers = new Stragglers();
  /** Tokens whose record has changed while it was on its way, by what the guard answered. */
  readonly #merged = new Set<string>();

  /** @param delivery asked anew for each call */
  constructor(storage: DurableObjectStorage, delivery: () => Delivery) {
    this.#storage = storage;
    this.#delivery = delivery;
  }

  /**
   * Publishes what is still to be published of a token. Tries of one token run one after the other.
   *
   * @param targets where to; the rest waits for another try
   * @returns when it was tried; the outbox says with what success. It never throws for a fault of the gateway or of KV
   */
  async publish(tokenId: string, targets: readonly PublishTarget[] = ["gateway", "kv"]): Promise<void> {
    await this.#lanes.run(tokenId, async () => {
      await this.#publishOnce(tokenId, targets);
      // The guard knew of the holder's act: what came of both is news to it, and to KV.
      if (this.#merged.delete(tokenId)) await this.#publishOnce(tokenId, targets);
    });
  }

  async #publishOnce(tokenId: string, wanted: readonly PublishTarget[]): Promise<void> {
    const row = findOutbox(this.#storage.sql, tokenId);
    const record = findToken(this.#storage.sql, tokenId);
    // Nothing left: the try before this one carried the newest record.
    if (row === null || record === null) return;
    const outcomes = await Promise.all(
      row.targets
        .filter((target) => wanted.includes(target))
        .map(async (target): Promise<PublishTarget[]> => {
          // Why it failed isn't kept: the message of a foreign fault could hold anything. The row says that it isn't done.
          const done = await (target === "gateway" ? this.#toGateway(record) : this.#toKv(record)).catch(() => false);
          return done ? [] : [target];
        }),
    );
    const untried = row.targets.filter((target) => !wanted.includes(target));
    settle(this.#storage.sql, row, outcomes.flat(), untried, Date.now());
  }

  async #toGateway(record: TokenRecord): Promise<boolean> {
    const { version, kept = null } = await inTime(this.#delivery().apply(record));
    if (kept !== null && (kept.holderActedAt ?? 0) > (record.holderActedAt ?? 0)) {
      const held = checkRecord(kept);
      const isNew = held !== null && this.#storage.transactionSync(() => takeOver(this.#storage.sql, held, Date.now()));
      if (isNew) this.#merged.add(record.id);
      return false;
    }
    if (version > record.version) {
      // The guard goes by a newer record, as can be after a rebuild from an old KV value. The owner has to see that.
      const changes = { version: { before: record.version, after: version } };
      addAudit(this.#storage.sql, NOBODY, "token.outranked", record, changes, Date.now());
    }
    return version >= record.version;
  }

  async #toKv(record: TokenRecord): Promise<boolean> {
    const { sql } = this.#storage;
    const value = JSON.stringify(record);
    const live = liveSecrets(record, Date.now()).map(({ hash }) => hash);
    const gone = publishedHashes(sql, record).filter((hash) => !live.includes(hash));
    // All of them are over before the next try begins, or an older value could land after a newer one.
    const calls = await Promise.allSettled([
      ...live.map((hash) => this.#stragglers.run(hash, () => this.#delivery().put(hash, value))),
      ...gone.map(async (hash) => {
        await this.#stragglers.run(hash, () => this.#delivery().remove(hash));
        forgetKey(sql, hash);
      }),
    ]);
    return calls.every(({ status }) => status === "fulfilled");
  }
}
