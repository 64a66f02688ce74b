/** The guard's one alarm, which wakes it for all that has to be done behind the requests. */
export class Bell {
  readonly #storage: DurableObjectStorage;
  /** When it rings, ms since 1970; null: not at all, as far as is known. */
  #at: number | null = null;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Finds out when it was set to ring before this object was made. */
  async recall(): Promise<void> {
    this.#at = await this.#storage.getAlarm();
  }

  /** It has rung. */
  rang(): void {
    this.#at = null;
  }

  /**
   * Makes it ring at a time at the latest. Setting it earlier writes a row.
   *
   * @param at ms since 1970
   */
  ringBy(at: number): void {
    if (this.#at !== null && this.#at <= at) return;
    this.#at = at;
    void this.#storage.setAlarm(at);
  }
}
