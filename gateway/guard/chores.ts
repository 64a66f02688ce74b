import { withDeadline } from "../../shared/deadline.ts";
import type { TokenRecord } from "../../shared/record.ts";
import { type Ledger, LEDGER_NAME } from "../ledger/ledger.ts";
import { log } from "../log.ts";
import type { Bell } from "./bell.ts";
import type { Keeper } from "./keeper.ts";
import type { Lines } from "./lines.ts";
import type { Memory } from "./memory.ts";
import { noteBudgets } from "./notices.ts";
import { hasNews, hasOtherBudgets, noteSent, reportOf } from "./reporting.ts";
import type { Reservation } from "./reservations.ts";
import type { Rules } from "./rules.ts";
import { lapse } from "./settling.ts";
import { isSweepDue, sweep } from "./sweeping.ts";

/** How long a request may be silent, in ms, before it counts as lost: watchers open their line after 2.5 s. */
export const LOST_AFTER_MS = 60_000;
/** How long after a restart, in ms, watchers have to open their lines again. */
const RETURN_MS = 5_000;
/** How late the ledger is told, in ms, so that much is told at once. */
const REPORT_AFTER_MS = 10_000;
/** How long the ledger may take, in ms. */
const LEDGER_DEADLINE_MS = 10_000;
/** The longest time between two tries to tell the ledger, in ms. */
const LONGEST_BACKOFF_MS = 10 * 60_000;

/** What a guard does behind the requests, when its alarm rings. */
export class Chores {
  readonly #keeper: Keeper;
  readonly #lines: Lines;
  readonly #bell: Bell;
  readonly #ledgers: DurableObjectNamespace<Ledger>;
  readonly #clock: () => number;
  /** When this object was made, ms since 1970. */
  readonly #madeAt: number;
  /** When the ledger is to be told, ms since 1970; null: as soon as the alarm rings. */
  #reportAt: number | null = null;
  #failures = 0;
  #hasPlanned = false;

  constructor(
    { keeper, lines, bell }: { keeper: Keeper; lines: Lines; bell: Bell },
    ledgers: DurableObjectNamespace<Ledger>,
    clock: () => number,
  ) {
    this.#keeper = keeper;
    this.#lines = lines;
    this.#bell = bell;
    this.#ledgers = ledgers;
    this.#clock = clock;
    this.#madeAt = clock();
  }

  /**
   * Sees to it that all that has to be done is done in time.
   *
   * @param now ms since 1970
   */
  plan(now: number): void {
    const memory = this.#keeper.read(now);
    if (memory === null) return;
    this.#hasPlanned = true;
    this.#planReport(memory, now);
    for (const reservation of memory.reservations.values()) {
      const at = this.#lostAt(reservation);
      if (at !== null) this.#bell.ringBy(at);
    }
  }

  /** As `plan`, after a request was granted or settled: without a look at all the others. */
  planNext(now: number): void {
    const memory = this.#keeper.read(now);
    if (!this.#hasPlanned || memory === null) return this.plan(now);
    this.#planReport(memory, now);
    if (memory.reservations.size > 0) this.#bell.ringBy(now + LOST_AFTER_MS);
  }

  /** Sees to it that the ledger hears of other budgets, where it has heard of the token at all. */
  noteRecord(record: TokenRecord, before: TokenRecord | null): void {
    const now = this.#clock();
    if (!hasOtherBudgets(record, before) || this.#keeper.read(now) === null) return;
    this.#keeper.write(now, (memory) => {
      memory.tally.areBudgetsChanged = true;
      memory.isChanged = true;
    });
    this.plan(now);
  }

  /** Tells the ledger at once, but behind what asks for it. */
  hurry(now: number): void {
    this.#reportAt = now;
    this.#bell.ringBy(now);
  }

  /**
   * Gives up requests that are lost.
   *
   * @returns how many
   */
  giveUpLost(rules: Rules, now: number): number {
    const memory = this.#keeper.read(now);
    const lost = [...(memory?.reservations.values() ?? [])].filter((one) => (this.#lostAt(one) ?? Infinity) <= now);
    if (lost.length === 0) return 0;
    this.#keeper.write(now, (found) => {
      for (const reservation of lost) lapse(found, reservation, now);
      if (rules.limits !== null) noteBudgets(found, rules.token, rules.limits, null, now);
    });
    log("warn", "requests_lost", { token: rules.token.id, count: lost.length });
    return lost.length;
  }

  /** Throws away what nobody needs any more, once a day. */
  tidy(now: number): void {
    const memory = this.#keeper.read(now);
    if (memory === null) return;
    this.#lines.forget((permit) => !memory.reservations.has(permit));
    if (isSweepDue(memory, now)) this.#keeper.write(now, (found) => sweep(found, now));
  }

  /**
   * Tells the ledger what it doesn't have yet. What it can't be told now is told later.
   *
   * @param record tells the token's newest record
   */
  async report(record: () => TokenRecord | null): Promise<void> {
    for (let now = this.#clock(); this.#isDue(this.#keeper.read(now), now); now = this.#clock()) {
      const memory = this.#keeper.read(now);
      if (memory === null) return;
      const sending = reportOf(memory, record(), now);
      try {
        const ledger = this.#ledgers.getByName(LEDGER_NAME);
        await withDeadline(ledger.take(sending.report), LEDGER_DEADLINE_MS, "ledger");
      } catch (error) {
        const backoff = Math.min(LONGEST_BACKOFF_MS, REPORT_AFTER_MS * 2 ** this.#failures++);
        this.#reportAt = this.#clock() + backoff;
        log("warn", "ledger_failed", { token: memory.tokenId, reason: String(error) });
        return;
      }
      this.#failures = 0;
      this.#keeper.write(this.#clock(), (found) => noteSent(found, sending, record()));
      // More than one report holds goes at once; what came meanwhile waits for its own time.
      this.#reportAt = null;
    }
  }

  #planReport(memory: Memory, now: number): void {
    if (hasNews(memory)) this.#bell.ringBy((this.#reportAt ??= now + REPORT_AFTER_MS));
  }

  #isDue(memory: Memory | null, now: number): boolean {
    return memory !== null && hasNews(memory) && (this.#reportAt === null || this.#reportAt <= now);
  }

  /** When a request, or a lease, counts as lost, ms since 1970; null: not while its line is open. */
  #lostAt(reservation: Reservation): number | null {
    const { permit, heldAt, lapsedAs } = reservation;
    if (lapsedAs !== null || this.#lines.isOpen(permit)) return null;
    const seenAt = Math.max(heldAt, this.#lines.endedAt(permit));
    return Math.max(seenAt + LOST_AFTER_MS, this.#madeAt + RETURN_MS);
  }
}
