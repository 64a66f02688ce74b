import { evictDurableObject, reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import type { TokenRecord } from "../../../../shared/record.ts";
import {
  type Amounts,
  fakeLedger,
  limitsOf,
  settlementOf,
  START,
  TestGuard,
  tokens,
  usd,
} from "../../support/guards.ts";

let ledger: ReturnType<typeof fakeLedger>;

beforeEach(() => {
  ledger = fakeLedger();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await reset();
});

const use = (guard: TestGuard, amounts: Amounts) =>
  guard.settle(settlementOf(crypto.randomUUID(), amounts, { granted: false, entry: { at: guard.now } }));

/** When the alarm is set for, ms since the clock's start. */
const alarmOf = (guard: TestGuard) =>
  guard.within(async (_, state) => {
    const at = await state.storage.getAlarm();
    return at === null ? null : at - START;
  });

describe("the ledger", () => {
  it("is told how budgets stand with each report, with what requests on their way hold", async ({ expect }) => {
    const guard = await TestGuard.of({ budgets: [usd(1, "day", 0.5), tokens(100)] });
    const { permit } = await guard.ask({ tokens: 30, micros: 250_000 });
    const other = await guard.ask({ tokens: 5, micros: 1_000 });
    await guard.settle(settlementOf(permit, { tokens: 20, micros: 200_000.5 }));
    await guard.at(START + 10_000);
    await guard.ring();
    expect(ledger.reports[0]?.budgets).toEqual([
      { unit: "usd", per: "day", limit: 1_000_000, used: 201_000.5, resetsAt: Date.UTC(2030, 0, 3) },
      { unit: "tokens", per: "total", limit: 100, used: 25, resetsAt: null },
    ]);
    await guard.settle(settlementOf(other.permit, { tokens: 2, micros: 0 }));
    await guard.at(START + 20_000);
    await guard.ring();
    expect(ledger.reports[1]?.budgets.map(({ used }) => used)).toEqual([200_000.5, 22]);
  });

  it("hears of budgets that the owner changed, before the token is used again", async ({ expect }) => {
    const guard = await TestGuard.of({ budgets: [tokens(10)] });
    const change = async (record: Partial<TokenRecord>, version: number): Promise<void> => {
      await guard.stub.apply({ ...guard.record, ...record, version });
    };
    // Nobody has heard of it yet.
    await change({ limits: limitsOf({ budgets: [tokens(11)] }) }, 2);
    expect(await alarmOf(guard)).toBeNull();
    await use(guard, { tokens: 9 });
    await guard.at(START + 10_000);
    await guard.ring();
    await change({ limits: limitsOf({ budgets: [tokens(11)], concurrency: 3 }) }, 3);
    expect(await alarmOf(guard)).toBeNull();
    await change({ limits: limitsOf({ budgets: [tokens(1_000)] }) }, 4);
    expect(await alarmOf(guard)).toBe(20_000);
    await evictDurableObject(guard.stub);
    await guard.at(START + 20_000);
    await guard.ring();
    await change({ limits: limitsOf({ budgets: [tokens(1_000)] }), state: "deleted" }, 5);
    await guard.at(START + 30_000);
    await guard.ring();
    expect(await alarmOf(guard)).toBeNull();
    expect(
      ledger.reports.map(({ rows, budgets }) => [rows.length, budgets.map(({ limit, used }) => [limit, used])]),
    ).toEqual([
      [1, [[11, 9]]],
      [0, [[1_000, 9]]],
      [0, []],
    ]);
  });

  it("is told of budgets once more where they changed while it was being told", async ({ expect }) => {
    const guard = await TestGuard.of({ budgets: [tokens(10)] });
    await use(guard, { tokens: 9 });
    ledger.hold(true);
    await guard.at(START + 10_000);
    const ringing = guard.ring();
    await expect.poll(() => ledger.holding()).toBe(1);
    await guard.stub.apply({ ...guard.record, limits: limitsOf({ budgets: [tokens(20)] }), version: 2 });
    ledger.hold(false);
    await ringing;
    await guard.at(START + 20_000);
    await guard.ring();
    expect(ledger.reports.map(({ budgets }) => budgets)).toMatchObject([[{ limit: 20, used: 9 }]]);
  });
});
