import { checkRecord, type TokenRecord } from "../../shared/record.ts";

const RECORD = "record";

/** The newest record that a guard was told of: what its owner said last, or its holder did since. */
export class Newest {
  readonly #kv: SyncKvStorage;
  readonly #onChange: (record: TokenRecord, before: TokenRecord | null) => void;
  /** Undefined until it was read from storage. */
  #record: TokenRecord | null | undefined;

  /** @param onChange hears of each new one, at once, and which one it takes the place of */
  constructor(kv: SyncKvStorage, onChange: (record: TokenRecord, before: TokenRecord | null) => void) {
    this.#kv = kv;
    this.#onChange = onChange;
  }

  /** The record; null: none was ever told, or it can't be read. */
  get(): TokenRecord | null {
    if (this.#record === undefined) this.#record = checkRecord(this.#kv.get(RECORD));
    return this.#record;
  }

  /**
   * Takes a record, unless a newer one is known, or one that its holder has changed since: deliveries may arrive twice and
   * out of order, and the owner's next word may have been on its way when the holder acted.
   *
   * @returns the known record, where that one goes on to count
   */
  offer(record: TokenRecord): TokenRecord | null {
    const known = this.get();
    if (known !== null) {
      if (known.version > record.version || (record.holderActedAt ?? 0) < (known.holderActedAt ?? 0)) return known;
      if (known.version === record.version) return null;
    }
    this.put(record);
    return null;
  }

  /** Puts a record in the place of whatever there is. */
  put(record: TokenRecord): void {
    const before = this.get();
    this.#kv.put(RECORD, record);
    // At once, and not when it is on disk: what comes meanwhile must not see the old one, nor put it back.
    this.#record = record;
    this.#onChange(record, before);
  }
}
