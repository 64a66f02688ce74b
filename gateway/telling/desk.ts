import { type LeaseReturn, partOfId, type Settlement } from "../permits.ts";
import { Leasehold } from "./leasehold.ts";

/** A settlement that waits to be told. */
interface Waiting {
  settlement: Settlement;
  /** ms since 1970. */
  since: number;
}

/** What is on its way to the guard. */
export interface Flight {
  settlements: readonly Settlement[];
  returned: readonly LeaseReturn[];
  /** Says whether the guard has them. What it hasn't waits again. */
  land(wereTold: boolean): void;
}

/** A lease that waits to be given back. */
interface Returning {
  lease: LeaseReturn;
  /** ms since 1970. */
  since: number;
}

/** What one flight carries. */
interface Load {
  taken: readonly Waiting[];
  returned: readonly Returning[];
}

const permitOf = ({ settlement }: Waiting): string => partOfId(settlement.entry.id).permit;

/**
 * What an isolate has to tell one guard. Plain data, since it is of many requests: a promise can't be awaited in another
 * one than its own. Times are ms since 1970.
 */
export class Desk {
  #waiting: Waiting[] = [];
  /** When each flight counts as lost: its request was cancelled. */
  readonly #flights = new Map<Load, number>();
  /** Leases that wait to be given back. */
  #returns: Returning[] = [];
  readonly leases = new Leasehold();
  /** When the request that tells now began to; null: none does. */
  shiftSince: number | null = null;

  get hasWaiting(): boolean {
    return this.#waiting.length > 0 || this.#returns.length > 0 || this.leases.isHolding;
  }

  get isEmpty(): boolean {
    return !this.hasWaiting && this.#flights.size === 0;
  }

  /**
   * Whether more than `most` waits, or anything that a guard granted itself: others may wait for what it gives back.
   */
  isUrgent(most: number): boolean {
    if (this.#waiting.length > most) return true;
    return this.#waiting.some(({ settlement: { granted, leased } }) => granted && leased === undefined);
  }

  add(settlement: Settlement, now: number): void {
    this.#waiting.push({ settlement, since: now });
  }

  /** Gives back a lease that may have been given without a word. */
  giveBack(lease: string, now: number): void {
    this.#returns.push({ lease: { lease, running: [] }, since: now });
  }

  /**
   * Takes what may be told now. The parts of a permit keep their order: nothing of one leaves while something of it that
   * came before waits or is on its way.
   *
   * @param forMs after which the flight counts as lost
   */
  take(most: number, isWanted: (settlement: Settlement) => boolean, now: number, forMs: number): Flight {
    this.#recover(now);
    const held = new Set([...this.#flights.keys()].flatMap(({ taken }) => taken.map(permitOf)));
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
    const over = this.leases.returns(now).map((lease) => ({ lease, since: now }));
    const returned = [...this.#returns, ...over];
    this.#returns = [];
    const load: Load = { taken, returned };
    if (taken.length > 0 || returned.length > 0) this.#flights.set(load, now + forMs);
    return {
      settlements: taken.map(({ settlement }) => settlement),
      returned: returned.map(({ lease }) => lease),
      land: (wereTold) => {
        // One that counted as lost waits again already: the guard counts it once, however often it is told.
        if (this.#flights.delete(load) && !wereTold) this.#waitAgain(load);
        if (wereTold) this.#noteEnds(taken);
      },
    };
  }

  #waitAgain({ taken, returned }: Load): void {
    this.#waiting.unshift(...taken);
    this.#returns.unshift(...returned);
  }

  #noteEnds(taken: readonly Waiting[]): void {
    for (const {
      settlement: { entry, leased, more },
    } of taken) {
      if (leased !== undefined && !more) this.leases.ended(partOfId(entry.id).permit, leased);
    }
  }

  /**
   * Drops what has waited since before a time; leases too, which the guard then gives up itself.
   *
   * @returns how many settlements
   */
  drop(before: number): number {
    this.#returns = this.#returns.filter(({ since }) => since >= before);
    const left = this.#waiting.filter(({ since }) => since >= before);
    const count = this.#waiting.length - left.length;
    this.#waiting = left;
    return count;
  }

  #recover(now: number): void {
    for (const [load, until] of this.#flights) {
      if (until > now) continue;
      this.#flights.delete(load);
      this.#waitAgain(load);
    }
  }
}
