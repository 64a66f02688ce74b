/** Runs works of one name one after the other: two at once could land in KV in the wrong order. */
export class Lanes {
  /** The last work of each name that is on its way. */
  readonly #running = new Map<string, Promise<void>>();

  /**
   * Runs a work when those of its name that came before are over, whatever became of them.
   *
   * @throws what the work throws
   */
  async run(name: string, work: () => Promise<void>): Promise<void> {
    const before = this.#running.get(name) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(work);
    this.#running.set(name, mine);
    try {
      await mine;
    } finally {
      if (this.#running.get(name) === mine) this.#running.delete(name);
    }
  }
}
