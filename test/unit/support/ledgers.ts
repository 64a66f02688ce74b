import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { type Ledger, LEDGER_NAME } from "../../../gateway/ledger/ledger.ts";
import type { LedgerReport } from "../../../gateway/ledger/report.ts";
import { emptyRow } from "../../../gateway/usage/row.ts";
import type { ToldBudget, UsageRow } from "../../../shared/usage.ts";
import type { Notice } from "../../../shared/webhooks.ts";
import { gatewayEnv } from "./gateway.ts";

/** A time in these tests: 2 January 2030, noon, UTC. */
export const NOON = Date.parse("2030-01-02T12:00:00Z");

/** The one ledger, with a clock that the test moves. */
export class TestLedger {
  now = NOON;
  readonly stub = gatewayEnv.LEDGER.getByName(LEDGER_NAME);

  static async fresh(): Promise<TestLedger> {
    const ledger = new TestLedger();
    await ledger.at(NOON);
    return ledger;
  }

  /** Moves the clock. */
  async at(now: number): Promise<void> {
    this.now = now;
    await this.within((instance) => {
      instance.clock = () => now;
    });
  }

  within<T>(work: (instance: Ledger, state: DurableObjectState) => T | Promise<T>): Promise<T> {
    return runInDurableObject(this.stub, work);
  }

  /** Rings the alarm now, without waiting for what it sends off; says whether one was set. */
  ring(): Promise<boolean> {
    return runDurableObjectAlarm(this.stub);
  }

  /** Rings the alarm and waits until what it sends off has come to its end. */
  async post(): Promise<void> {
    await this.ring();
    await this.within(async ({ postman }) => {
      await Promise.all(postman.sending.values());
    });
  }

  /** Posts until nothing is due any more. */
  async postAll(): Promise<void> {
    for (let at = await this.alarm(); at !== null && at + NOON <= this.now; at = await this.alarm()) await this.post();
  }

  /** When the alarm is set for, ms since NOON. */
  alarm(): Promise<number | null> {
    return this.within(async (_, state) => {
      const at = await state.storage.getAlarm();
      return at === null ? null : at - NOON;
    });
  }
}

/** A row of usage. */
export function rowOf(key: Partial<UsageRow> & Pick<UsageRow, "tokenId">, change: Partial<UsageRow> = {}): UsageRow {
  const { tokenId, day = "2030-01-02", provider = "openai", model = "gpt-4o" } = key;
  return { ...emptyRow(tokenId, { day, provider, model }), requests: 1, ...change };
}

/** A report of a guard. */
export const reportOf = (tokenId: string, change: Partial<LedgerReport> = {}): LedgerReport => ({
  tokenId,
  rows: [],
  lastUsedAt: NOON,
  budgets: [],
  notices: [],
  changedByHolder: null,
  ...change,
});

/** A notice of a token's. */
export const noticeOf = (
  id: string,
  at = NOON,
  type: "token.first_used" | "token.revoked_by_holder" = "token.first_used",
): Notice => ({
  id,
  at,
  type,
  token: { id: "aaaaaaaaaa", label: "alice" },
});

/** What a guard tells of a budget: of US dollars by the day, where nothing else is said. */
export const budgetOf = (used: number, limit: number, change: Partial<ToldBudget> = {}): ToldBudget => ({
  unit: "usd",
  per: "day",
  used,
  limit,
  resetsAt: NOON + 43_200_000,
  ...change,
});
