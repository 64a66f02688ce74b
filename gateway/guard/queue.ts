import type { Answer, Ask } from "../permits.ts";

/** A request that waits for others to end. It holds nothing. */
interface Waiter {
  ask: Ask;
  /** Since when, ms since 1970. */
  since: number;
  answer: Promise<Answer>;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
  timer: ReturnType<typeof setTimeout>;
}

/** Requests that wait for their permit, in the order in which they came. */
export class Queue {
  /** By permit; a Map keeps the order. */
  readonly #waiters = new Map<string, Waiter>();

  get size(): number {
    return this.#waiters.size;
  }

  /**
   * Puts a request at the end.
   *
   * @param now ms since 1970
   * @param forMs how long it waits at most
   * @param onLate makes its answer when it has waited in vain; it has left the queue then
   */
  wait(ask: Ask, now: number, forMs: number, onLate: (ask: Ask, since: number) => Answer): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const leave = (): void => this.answerOne(ask.permit, () => onLate(ask, now));
    const timer = setTimeout(leave, forMs);
    this.#waiters.set(ask.permit, { ask, since: now, answer: promise, resolve, reject, timer });
    return promise;
  }

  /** The answer that a permit waits for; null where it doesn't wait. Asking again doesn't lose the place. */
  find(permit: string): Promise<Answer> | null {
    return this.#waiters.get(permit)?.answer ?? null;
  }

  /** The request that has waited longest; null where none waits. */
  first(): Ask | null {
    const [waiter] = this.#waiters.values();
    return waiter?.ask ?? null;
  }

  /** Takes a permit out of the queue with the answer that is made for it, or with what making it throws. */
  answerOne(permit: string, make: () => Answer): void {
    const waiter = this.#waiters.get(permit);
    if (waiter === undefined) return;
    this.#waiters.delete(permit);
    clearTimeout(waiter.timer);
    try {
      waiter.resolve(make());
    } catch (error) {
      waiter.reject(error);
    }
  }
}
