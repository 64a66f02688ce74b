import { evictDurableObject, reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { noCounts } from "../../../../shared/usage.ts";
import { fakeLedger, settlementOf, START, TestGuard, tokens } from "../../support/guards.ts";

beforeEach(() => {
  fakeLedger();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await reset();
});

const entriesOf = async (guard: TestGuard) => (await guard.stub.requests({ before: null, limit: 1_000 })).entries;
const budgetOf = async (guard: TestGuard) => (await guard.stub.activity()).standing?.budgets[0];

describe("a settlement", () => {
  it("counts once, however often it arrives, also after a restart and long after", async ({ expect }) => {
    const guard = await TestGuard.of({ budgets: [tokens(1_000)] });
    const { permit } = await guard.ask({ tokens: 100 });
    const settlement = settlementOf(permit, { tokens: 70 });
    await guard.settle(settlement, settlement);
    await guard.settle(settlement);
    expect(await budgetOf(guard)).toMatchObject({ used: 70, reserved: 0 });
    await evictDurableObject(guard.stub);
    // More than the log keeps, and longer than ids are remembered.
    for (let call = 0; call < 11; call++) {
      await guard.at(START + call * 3_600_000);
      await guard.settle(
        ...Array.from({ length: 100 }, () => settlementOf(crypto.randomUUID(), {}, { granted: false })),
      );
    }
    await guard.settle(settlement);
    expect(await budgetOf(guard)).toMatchObject({ used: 70, reserved: 0 });
  });

  it("of a token without limits counts, once", async ({ expect }) => {
    const guard = await TestGuard.of(null);
    const settlement = settlementOf("u", { tokens: 70, micros: 5 }, { granted: false });
    await guard.settle(settlement);
    await evictDurableObject(guard.stub);
    await guard.settle(settlement);
    expect(await entriesOf(guard)).toEqual([settlement.entry]);
    expect(await guard.stub.activity()).toMatchObject({ standing: null });
  });

  it("of what nobody knows to be granted counts as nothing", async ({ expect }) => {
    const guard = await TestGuard.of(null);
    await guard.settle(settlementOf("made-up", { tokens: 70 }));
    expect(await entriesOf(guard)).toEqual([]);
  });

  it("that wasn't granted ends a reservation all the same: its caller never heard of it", async ({ expect }) => {
    const guard = await TestGuard.of({ concurrency: 1, budgets: [tokens(100)] });
    const { permit } = await guard.ask({ tokens: 100 });
    const entry = { counts: null, micros: null, refusedBy: "gateway", code: "token_check_unavailable" } as const;
    await guard.settle(settlementOf(permit, {}, { granted: false, entry }));
    expect((await guard.stub.activity()).standing).toMatchObject({
      concurrency: { running: 0 },
      budgets: [{ used: 0, reserved: 0 }],
    });
    expect(await entriesOf(guard)).toMatchObject([{ id: permit, code: "token_check_unavailable" }]);
  });

  it("books more than was held where more was used", async ({ expect }) => {
    const guard = await TestGuard.of({ budgets: [tokens(100)] });
    const { permit } = await guard.ask({ tokens: 50 });
    await guard.settle(settlementOf(permit, { tokens: 130 }));
    expect(await budgetOf(guard)).toMatchObject({ used: 130, left: 0 });
    expect((await guard.ask({ tokens: 1 })).answer).toBe("refused");
  });

  it("with a name that was counted before counts as nothing but a request", async ({ expect }) => {
    const guard = await TestGuard.of({ budgets: [tokens(1_000)] });
    const [first, second, third] = [await guard.ask(), await guard.ask(), await guard.ask()];
    await guard.settle(settlementOf(first.permit, { tokens: 70, micros: 9 }, { once: "batch:1" }));
    await guard.settle(settlementOf(second.permit, { tokens: 70, micros: 9 }, { once: "batch:1" }));
    await guard.settle(settlementOf(third.permit, { tokens: 5, micros: 1 }, { once: "batch:2" }));
    expect(await budgetOf(guard)).toMatchObject({ used: 75, reserved: 0 });
    expect(await entriesOf(guard)).toMatchObject([
      { id: third.permit, micros: 1 },
      { id: second.permit, counts: null, micros: null },
      { id: first.permit, micros: 9 },
    ]);
  });

  it("remembers such a name for 40 days", async ({ expect }) => {
    const guard = await TestGuard.of(null);
    const day = 86_400_000;
    const tell = async (id: string, after: number): Promise<void> => {
      await guard.at(START + after);
      await guard.settle(settlementOf(id, { tokens: 1 }, { once: "response:x", granted: false }));
      await guard.ring();
    };
    await tell("a", 0);
    await tell("b", 39 * day);
    await tell("c", 41 * day);
    await tell("d", 41 * day + 1);
    expect((await entriesOf(guard)).map(({ id, counts }) => [id, counts?.input])).toEqual([
      ["d", 1],
      ["c", undefined],
      ["b", undefined],
      ["a", 1],
    ]);
  });

  it("keeps numbers alone: what is none counts as 0", async ({ expect }) => {
    const guard = await TestGuard.of(null);
    const counts = { ...noCounts(), input: Number.NaN, output: -5, cacheRead: Infinity };
    await guard.settle(settlementOf("n", { micros: 0.0004 }, { granted: false, entry: { counts } }));
    expect(await entriesOf(guard)).toMatchObject([{ counts: noCounts(), micros: 0 }]);
  });
});
