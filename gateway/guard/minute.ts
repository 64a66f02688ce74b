/** How long what happened counts, in ms. */
const MINUTE = 60_000;
/** How many slots may be left behind before the list is made shorter. */
const SLACK = 512;

/** Something that counts for a minute. */
interface Slot {
  /** ms since 1970. */
  at: number;
  amount: number;
  /** Names what its amount is held for; null: the amount is the last word. */
  key: string | null;
}

/**
 * What happened in the last 60 s, to the millisecond: something that happened at `t` counts until `t + 60,000`, then no
 * more. There are no buckets, so no burst fits between two of them. Times are ms since 1970.
 */
export class MinuteWindow {
  #slots: Slot[] = [];
  /** Slots before this one are over. */
  #first = 0;
  #sum = 0;
  readonly #held = new Map<string, Slot>();

  /** Counts an amount from `at` on. */
  add(at: number, amount: number): void {
    if (amount > 0) this.#insert({ at, amount, key: null });
  }

  /** Counts an amount beforehand, until `settle` says what it really was. */
  hold(at: number, amount: number, key: string): void {
    const slot = { at, amount, key };
    this.#insert(slot);
    this.#held.set(key, slot);
  }

  /** Changes what is counted beforehand, where it still counts. */
  adjust(amount: number, key: string): void {
    const slot = this.#held.get(key);
    if (slot === undefined) return;
    this.#sum += amount - slot.amount;
    slot.amount = amount;
  }

  /** Puts the last word in the place of what was held; where nothing was, it counts from `at` on. */
  settle(at: number, amount: number, key: string): void {
    const slot = this.#held.get(key);
    if (slot === undefined) return this.add(at, amount);
    this.#held.delete(key);
    this.#sum += amount - slot.amount;
    slot.amount = amount;
    slot.key = null;
  }

  /** What counts now. */
  sum(now: number): number {
    this.#drop(now);
    return this.#sum;
  }

  /**
   * When all that counts is no more than `room`, if nothing more comes.
   *
   * @returns `now` where it is so already; null: never
   */
  roomAt(room: number, now: number): number | null {
    if (room < 0) return null;
    let rest = this.sum(now);
    if (rest <= room) return now;
    for (let place = this.#first; place < this.#slots.length; place++) {
      const { at, amount } = this.#slots[place] ?? { at: now, amount: 0 };
      rest -= amount;
      if (rest <= room) return at + MINUTE;
    }
    return null;
  }

  /** When nothing counts any more, if nothing more comes. */
  emptyAt(now: number): number {
    this.#drop(now);
    const last = this.#slots.at(-1);
    return this.#first < this.#slots.length && last !== undefined ? last.at + MINUTE : now;
  }

  #insert(slot: Slot): void {
    let place = this.#slots.length;
    // Nearly always the newest; a restart, or what another isolate tells late, brings older ones.
    while (place > this.#first && (this.#slots[place - 1]?.at ?? 0) > slot.at) place--;
    this.#slots.splice(place, 0, slot);
    this.#sum += slot.amount;
  }

  #drop(now: number): void {
    for (let slot = this.#slots[this.#first]; slot !== undefined && slot.at + MINUTE <= now;) {
      this.#sum -= slot.amount;
      if (slot.key !== null) this.#held.delete(slot.key);
      slot = this.#slots[++this.#first];
    }
    if (this.#first < SLACK) return;
    this.#slots = this.#slots.slice(this.#first);
    this.#first = 0;
  }
}
