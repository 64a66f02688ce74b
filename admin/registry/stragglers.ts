import { inTime } from "../deadline.ts";

/**
 * Watches over KV calls that don't end in time: nobody waits for such a one, but it may still land, and then over a newer
 * one. While it is out, nothing of its key counts as done, so that the newest value is written once more after it.
 */
export class Stragglers {
  /** How many calls of each key are out. */
  readonly #out = new Map<string, number>();

  /**
   * Makes a call, and waits for it as long as for any.
   *
   * @param key that it writes or removes; calls of one key begin one after the other
   * @throws what the call throws; where it doesn't end in time; and where it has ended, but an older one hadn't when it began
   */
  async run(key: string, call: () => Promise<void>): Promise<void> {
    const older = this.#out.get(key) ?? 0;
    this.#out.set(key, older + 1);
    const running = call();
    const over = (): void => {
      const left = (this.#out.get(key) ?? 1) - 1;
      if (left === 0) this.#out.delete(key);
      else this.#out.set(key, left);
    };
    running.then(over, over);
    await inTime(running);
    if (older > 0) throw new Error("An older write of this key may still land.");
  }
}
