import { partOfId, type Settlement } from "../permits.ts";

/** A settlement that waits to be told. */
interface Waiting {
  settlement: Settlement;
  /** ms since 1970. */
  since: number;
}

/** Settlements on their way to the guard. */
export interface Flight {
  settlements: readonly Settlement[];
  /** Says whether the guard has them. What it hasn't waits again. */
  land(wereTold: boolean): void;
}

const permitOf = ({ settlement }: Waiting): string => partOfId(settlement.entry.id).permit;

/**
 * What an isolate has to tell one guard. Plain data, since it is of many requests: a promise can't be awaited in another
 * one than its own. Times are ms since 1970.
 */
export class Desk {
  #waiting: Waiting[] = [];
  /** When each flight counts as lost: its request was cancelled. */
  readonly #flights = new Map<readonly Waiting[], number>();
  /** When the request that tells now began to; null: none does. */
  shiftSince: number | null = null;

  get hasWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#flights.size === 0;
  }

  /** Whether anything waits that a guard granted: others may wait for what it gives back. */
  get isUrgent(): boolean {
    return this.#waiting.some(({ settlement }) => settlement.granted);
  }

  add(settlement: Settlement, now: number): void {
    this.#waiting.push({ settlement, since: now });
  }

  /**
   * Takes what may be told now. The parts of a permit keep their order: nothing of one leaves while something of it that
   * came before waits or is on its way.
   *
   * @param forMs after which the flight counts as lost
   */
  take(most: number, isWanted: (settlement: Settlement) => boolean, now: number, forMs: number): Flight {
    this.#recover(now);
    const held = new Set([...this.#flights.keys()].flat().map(permitOf));
    const taken: Waiting[] = [];
    const left: Waiting[] = [];
    for (const one of this.#waiting) {
      const permit = permitOf(one);
      if (taken.length < most && !held.has(permit) && isWanted(one.settlement)) taken.push(one);
      else {
        held.add(permit);
        left.push(one);
      }
    }
    this.#waiting = left;
    if (taken.length > 0) this.#flights.set(taken, now + forMs);
    return {
      settlements: taken.map(({ settlement }) => settlement),
      land: (wereTold) => {
        // One that counted as lost waits again already: the guard counts it once, however often it is told.
        if (this.#flights.delete(taken) && !wereTold) this.#waiting.unshift(...taken);
      },
    };
  }

  /** Drops what has waited since before a time. @returns how many */
  drop(before: number): number {
    const left = this.#waiting.filter(({ since }) => since >= before);
    const count = this.#waiting.length - left.length;
    this.#waiting = left;
    return count;
  }

  #recover(now: number): void {
    for (const [taken, until] of this.#flights) {
      if (until > now) continue;
      this.#flights.delete(taken);
      this.#waiting.unshift(...taken);
    }
  }
}
