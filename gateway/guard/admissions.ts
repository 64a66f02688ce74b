import type { TokenRecord } from "../../shared/record.ts";
import type { Answer, Ask, Lease, LeaseWish, LimitRefusal } from "../permits.ts";
import { decide, refuse } from "./granting.ts";
import type { Keeper } from "./keeper.ts";
import { grantLease } from "./leasing.ts";
import { isFull } from "./limits.ts";
import type { Memory } from "./memory.ts";
import { Queue } from "./queue.ts";
import type { LimitRules } from "./rules.ts";

/** How many refusals are remembered, for callers that ask again because the answer was lost. */
const REMEMBERED = 1_000;

/** Grants permits, and keeps the queue of those that have to wait for theirs. */
export class Admissions {
  readonly #keeper: Keeper;
  readonly #clock: () => number;
  readonly #queue = new Queue();
  readonly #refused = new Map<string, Answer>();

  /** @param clock ms since 1970 */
  constructor(keeper: Keeper, clock: () => number) {
    this.#keeper = keeper;
    this.#clock = clock;
  }

  /** Requests in the queue. */
  get waiting(): number {
    return this.#queue.size;
  }

  /**
   * Answers an ask now, or when others have ended.
   *
   * @throws where its permit is over, or storage fails
   */
  ask(ask: Ask, rules: LimitRules): Answer | Promise<Answer> {
    const known = this.#refused.get(ask.permit) ?? this.#queue.find(ask.permit);
    if (known !== null) return known;
    const now = this.#clock();
    const { concurrency, queueSeconds } = rules.limits;
    // Behind those who came before, also in the moment in which a place becomes free.
    const mustWait = concurrency !== null && this.#queue.size > 0;
    const answer = this.#write(now, (memory) => decide(memory, ask, rules, mustWait, now));
    if (answer !== null) return this.#noted(ask, answer);
    const onLate = (): Answer => this.#refuseLate(ask, rules, now);
    if (queueSeconds <= 0) return onLate();
    return this.#queue.wait(ask, now, queueSeconds * 1_000, onLate);
  }

  /**
   * Gives a lease, where the wish goes by the newest record and its limits have room for many requests.
   *
   * @param record the newest
   * @throws where storage fails
   */
  lease(wish: LeaseWish, { version, limits }: TokenRecord): Lease | null {
    if (version !== wish.version || limits === null) return null;
    const now = this.#clock();
    return this.#write(now, (memory) => grantLease(memory, wish, limits, now));
  }

  /** Grants those who waited longest what others have given back. */
  goOn(rules: LimitRules): void {
    const now = this.#clock();
    for (let ask = this.#queue.first(); ask !== null; ask = this.#queue.first()) {
      const memory = this.#keeper.read(now);
      if (memory === null || isFull(rules.limits, memory)) return;
      const next = ask;
      this.#queue.answerOne(next.permit, () => {
        const answer = this.#write(now, (found) => decide(found, next, rules, false, now));
        return answer === null ? this.#refuseLate(next, rules, now) : this.#noted(next, answer);
      });
    }
  }

  /** Sends those who wait away with a newer record: by it they have to be authorized again. */
  sendBack(record: TokenRecord): void {
    for (let ask = this.#queue.first(); ask !== null; ask = this.#queue.first()) {
      this.#queue.answerOne(ask.permit, () => ({ answer: "newer", record }));
    }
  }

  #refuseLate(ask: Ask, rules: LimitRules, since: number): Answer {
    const now = this.#clock();
    const waitedSeconds = Math.max(0, Math.round((now - since) / 1_000));
    const limit = rules.limits.concurrency ?? 0;
    const refusal: LimitRefusal = { code: "concurrency_limited", limit, waitedSeconds };
    return this.#noted(
      ask,
      this.#write(now, (memory) => refuse(memory, ask, refusal, rules, now)),
    );
  }

  #noted({ permit }: Ask, answer: Answer): Answer {
    if (answer.answer !== "refused") return answer;
    this.#refused.set(permit, answer);
    const [oldest] = this.#refused.keys();
    if (this.#refused.size > REMEMBERED && oldest !== undefined) this.#refused.delete(oldest);
    return answer;
  }

  #write<T>(now: number, work: (memory: Memory) => T): T {
    return this.#keeper.write(now, (memory) => {
      memory.waiting = this.#queue.size;
      return work(memory);
    });
  }
}
