import { evictDurableObject, reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import type { TokenRecord } from "../../../../shared/record.ts";
import type { RequestEntry } from "../../../../shared/usage.ts";
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

const use = (guard: TestGuard, amounts: Amounts = {}, entry: Partial<RequestEntry> = {}) =>
  guard.settle(settlementOf(crypto.randomUUID(), amounts, { granted: false, entry: { at: guard.now, ...entry } }));

/** When the alarm is set for, ms since the clock's start. */
const alarmOf = (guard: TestGuard) =>
  guard.within(async (_, state) => {
    const at = await state.storage.getAlarm();
    return at === null ? null : at - START;
  });

describe("the ledger", () => {
  it("is told whole rows 10 s later, and only of those that have changed since", async ({ expect }) => {
    const guard = await TestGuard.of(null);
    await use(guard, { tokens: 5, micros: 1.5 });
    await guard.at(START + 4_000);
    await use(guard, { tokens: 6, micros: 2.25 });
    await use(guard, { tokens: 1 }, { provider: "gemini", model: "g" });
    expect(await alarmOf(guard)).toBe(10_000);
    await guard.at(START + 10_000);
    await guard.ring();
    expect(ledger.reports).toMatchObject([
      {
        tokenId: guard.record.id,
        lastUsedAt: START + 4_000,
        changedByHolder: null,
        rows: [
          { day: "2030-01-02", provider: "gemini", model: "g", requests: 1 },
          { tokenId: guard.record.id, provider: "openai", model: "gpt-4o", requests: 2, micros: 3.75 },
        ],
      },
    ]);
    expect(ledger.reports[0]?.rows[1]?.counts.input).toBe(11);
    expect(await alarmOf(guard)).toBeNull();
    await use(guard, { tokens: 6, micros: 2.25 });
    await guard.at(START + 20_000);
    await guard.ring();
    expect(ledger.reports[1]?.rows).toMatchObject([{ model: "gpt-4o", requests: 3, micros: 6 }]);
  });

  it("that fails is told later, with pauses that grow, and nothing is lost by a restart", async ({ expect }) => {
    const guard = await TestGuard.of({ budgets: [tokens(10)] });
    ledger.fail(new Error("the ledger is down"));
    await use(guard, { tokens: 50 });
    const pauses: (number | null)[] = [];
    for (let time = 10_000, tries = 0; tries < 4; tries++) {
      await guard.at(START + time);
      await guard.ring();
      const next = await alarmOf(guard);
      pauses.push(next === null ? null : next - time);
      time = next ?? time;
    }
    expect(pauses).toEqual([10_000, 20_000, 40_000, 80_000]);
    await evictDurableObject(guard.stub);
    await guard.at(START + 1_000_000);
    ledger.fail(null);
    await guard.ring();
    expect(ledger.reports).toHaveLength(1);
    expect(ledger.reports[0]?.rows).toMatchObject([{ requests: 1 }]);
    expect(ledger.reports[0]?.notices.map(({ type }) => type)).toEqual(["token.first_used", "budget.used_up"]);
  });

  it("is told of what changed while it was being told", async ({ expect }) => {
    const guard = await TestGuard.of(null);
    await use(guard, { tokens: 1 });
    ledger.hold(true);
    await guard.at(START + 10_000);
    const ringing = guard.ring();
    await expect.poll(() => ledger.holding()).toBe(1);
    await use(guard, { tokens: 2 });
    ledger.hold(false);
    await ringing;
    await guard.at(START + 20_000);
    await guard.ring();
    expect(ledger.reports).toMatchObject([{ rows: [{ requests: 2 }] }]);
  });

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

  it("is told nothing where nothing was used", async ({ expect }) => {
    const guard = await TestGuard.of({ requestsPerMinute: 1 });
    expect(await alarmOf(guard)).toBeNull();
    expect(await guard.ring()).toBe(false);
  });
});

describe("usage", () => {
  it("counts errors by kind, estimates, what has no price, and times", async ({ expect }) => {
    const guard = await TestGuard.of({ requestsPerMinute: 1 });
    await use(guard, { tokens: 5, micros: null }, { estimated: true, ttfbMs: 30, durationMs: 50 });
    await use(guard, {}, { error: "providerBusy", status: 429, ttfbMs: null, durationMs: 5 });
    await use(guard, {}, { error: "policy", refusedBy: "gateway", provider: null });
    await guard.at(START + 60_000);
    await guard.ask();
    await guard.ask();
    await guard.ring();
    expect(ledger.reports[0]?.rows).toMatchObject([
      {
        requests: 3,
        errors: { limit: 1, policy: 0, providerBusy: 1 },
        unpriced: 1,
        estimated: 1,
        ttfbMs: 30,
        timed: 1,
        durationMs: 55,
      },
    ]);
  });

  it("is of the day in which a request was granted", async ({ expect }) => {
    const guard = await TestGuard.of({ concurrency: 5 });
    const { permit } = await guard.ask();
    await guard.at(START + 86_400_000);
    await guard.settle(settlementOf(permit, { tokens: 3 }));
    await guard.at(START + 86_410_000);
    await guard.ring();
    expect(ledger.reports[0]?.rows).toMatchObject([{ day: "2030-01-02", requests: 1 }]);
  });

  it("of a lost request is replaced where the truth comes late", async ({ expect }) => {
    const guard = await TestGuard.of({ concurrency: 5 });
    const { permit } = await guard.ask({ tokens: 500, micros: 9 });
    await guard.at(START + 60_000);
    await guard.ring();
    expect(ledger.reports[0]?.rows).toMatchObject([{ requests: 1, micros: 9, estimated: 1, errors: { gateway: 1 } }]);
    const entry = { model: "gpt-4o-2024-08-06" };
    await guard.settle(settlementOf(permit, { tokens: 3, micros: 2 }, { entry }));
    await guard.at(START + 80_000);
    await guard.ring();
    expect(ledger.reports[1]?.rows).toMatchObject([
      { model: "gpt-4o", requests: 0, micros: 0, estimated: 0, errors: { gateway: 0 }, counts: { input: 0 } },
      { model: entry.model, requests: 1, micros: 2, counts: { input: 3 } },
    ]);
  });

  it("keeps 200 models a day apart; a holder can make up any number of them", async ({ expect }) => {
    const guard = await TestGuard.of(null);
    for (let call = 0; call < 3; call++) {
      await guard.settle(
        ...Array.from({ length: 100 }, (_, index) =>
          settlementOf(`${call}-${index}`, {}, { granted: false, entry: { model: `made-up-${call}-${index}` } }),
        ),
      );
    }
    await guard.at(START + 10_000);
    await guard.ring();
    const rows = ledger.reports[0]?.rows ?? [];
    expect(rows).toHaveLength(201);
    expect(rows.find(({ model }) => model === "")?.requests).toBe(100);
  });
});
