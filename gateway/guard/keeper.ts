import { Memory } from "./memory.ts";
import { hasTables, migrate } from "./schema.ts";
import { saveTally } from "./tally.ts";
import { changeRows } from "./usage-table.ts";

/** Keeps what a guard knows of its token's use: in memory to decide by, and in storage, which are changed together. */
export class Keeper {
  readonly #storage: DurableObjectStorage;
  readonly #tokenId: () => string;
  #memory: Memory | null = null;

  /** @param tokenId tells whose it is, when that has to be known */
  constructor(storage: DurableObjectStorage, tokenId: () => string) {
    this.#storage = storage;
    this.#tokenId = tokenId;
  }

  /**
   * What is known.
   *
   * @param now ms since 1970
   * @returns null where nothing was ever written
   */
  read(now: number): Memory | null {
    if (this.#memory === null && hasTables(this.#storage)) {
      this.#memory = new Memory(this.#tokenId(), this.#storage, now);
    }
    return this.#memory;
  }

  /**
   * Changes what is known, in one transaction.
   *
   * @param now ms since 1970
   * @returns what the work returns
   * @throws what the work throws, or where storage fails; nothing has changed then
   */
  write<T>(now: number, work: (memory: Memory) => T): T {
    if (this.#memory === null) migrate(this.#storage);
    const memory = this.read(now) ?? new Memory(this.#tokenId(), this.#storage, now);
    try {
      return this.#storage.transactionSync(() => {
        const done = work(memory);
        changeRows(memory.sql, memory.changes.values());
        memory.changes.clear();
        if (memory.isChanged) saveTally(memory.kv, memory.tally);
        memory.isChanged = false;
        return done;
      });
    } catch (error) {
      // What memory has of it by now, storage hasn't: it is read again.
      this.#memory = null;
      throw error;
    }
  }
}
