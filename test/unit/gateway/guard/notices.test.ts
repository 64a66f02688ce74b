import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import type { RequestEntry } from "../../../../shared/usage.ts";
import { type Amounts, fakeLedger, settlementOf, START, TestGuard, tokens, usd } from "../../support/guards.ts";

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

const noticesOf = () => ledger.reports.flatMap(({ notices }) => notices);

describe("the owner", () => {
  it("is told of a budget's threshold and end, once in each period", async ({ expect }) => {
    const guard = await TestGuard.of({ budgets: [tokens(100, "hour", 0.5), usd(1)] });
    const told = async (): Promise<string[]> => {
      await guard.at(guard.now + 10_000);
      await guard.ring();
      const types = noticesOf().map(({ type }) => type);
      ledger.reports.length = 0;
      return types.filter((type) => type.startsWith("budget"));
    };
    await use(guard, { tokens: 49 });
    expect(await told()).toEqual([]);
    await use(guard, { tokens: 1 });
    expect(await told()).toEqual(["budget.warning"]);
    await use(guard, { tokens: 30 });
    expect(await told()).toEqual([]);
    await guard.ask({ tokens: 30 });
    expect(await told()).toEqual(["budget.used_up"]);
    await guard.ask({ tokens: 30 });
    await use(guard, { tokens: 50 });
    expect(await told()).toEqual([]);
    await guard.at(START + 3_600_000);
    await use(guard, { tokens: 100 });
    expect(await told()).toEqual(["budget.warning", "budget.used_up"]);
    await guard.ask({ micros: 2_000_000 });
    await guard.at(START + 7_200_000);
    await guard.ask({ micros: 2_000_000 });
    expect(await told()).toEqual(["budget.used_up"]);
  });

  it("is told by whom, of what, and under an id that says both", async ({ expect }) => {
    const guard = await TestGuard.of({ budgets: [usd(1, "day", 0.5)] }, { label: "Ann" });
    await use(guard, { micros: 600_000 });
    await guard.at(START + 10_000);
    await guard.ring();
    const { id, label } = guard.record;
    expect(noticesOf()).toEqual([
      { id: `${id}:first_used`, at: START, type: "token.first_used", token: { id, label } },
      {
        id: `${id}:warning:usd:day:1000000:${Date.UTC(2030, 0, 2)}:0.5`,
        at: START,
        type: "budget.warning",
        token: { id, label },
        budget: {
          unit: "usd",
          per: "day",
          limit: 1_000_000,
          used: 600_000,
          reserved: 0,
          left: 400_000,
          resetsAt: Date.UTC(2030, 0, 3),
          warnAt: 0.5,
        },
      },
    ]);
  });

  it("is told of a token's first use once, and not by what was refused", async ({ expect }) => {
    const guard = await TestGuard.of(null);
    await use(guard, {}, { refusedBy: "gateway", error: "policy" });
    await guard.at(START + 10_000);
    await guard.ring();
    expect(noticesOf()).toEqual([]);
    await use(guard);
    await use(guard);
    await guard.at(START + 20_000);
    await guard.ring();
    expect(noticesOf()).toHaveLength(1);
    expect(await guard.stub.activity()).toMatchObject({ firstUsedAt: START + 10_000, lastUsedAt: START + 10_000 });
  });
});
