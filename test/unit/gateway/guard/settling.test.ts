import { evictDurableObject, reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { partId } from "../../../../gateway/permits.ts";
import { noCounts } from "../../../../shared/usage.ts";
import { fakeLedger, settlementOf, START, TestGuard, tokens, usd } from "../../support/guards.ts";

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

describe("parts of a permit", () => {
  const part = (permit: string, place: number, used: number) =>
    settlementOf(partId(permit, place), { tokens: used }, { more: true });

  it("are booked one by one, and hold the budget anew for what follows", async ({ expect }) => {
    const guard = await TestGuard.of({ concurrency: 1, budgets: [tokens(100)] });
    const { permit } = await guard.ask({ tokens: 40 });
    await guard.settle(part(permit, 1, 10));
    expect((await guard.stub.activity()).standing).toMatchObject({
      concurrency: { running: 1 },
      budgets: [{ used: 10, reserved: 40 }],
    });
    // The same one again, and one that a restart has held up.
    await evictDurableObject(guard.stub);
    await guard.at(START);
    await guard.settle(part(permit, 1, 10), part(permit, 2, 20), part(permit, 1, 10));
    expect(await budgetOf(guard)).toMatchObject({ used: 30, reserved: 40 });
    await guard.settle(settlementOf(permit, { tokens: 1 }), part(permit, 3, 10));
    expect((await guard.stub.activity()).standing).toMatchObject({
      concurrency: { running: 0 },
      budgets: [{ used: 31, reserved: 0 }],
    });
    expect((await entriesOf(guard)).map(({ id }) => id)).toEqual([permit, partId(permit, 2), partId(permit, 1)]);
  });

  it("end their permit where the budget has no room for what follows", async ({ expect }) => {
    const guard = await TestGuard.of({ concurrency: 1, budgets: [tokens(100)] });
    const { permit } = await guard.ask({ tokens: 40 });
    const line = await guard.watch(permit);
    await guard.settle(part(permit, 1, 61));
    const refusal = { code: "budget_used_up", unit: "tokens", left: 39, needed: 40 };
    await expect.poll(() => line).toMatchObject([{ id: guard.record.id }, { refusal }]);
    // It holds no budget any more, but its place until it is over.
    expect((await guard.stub.activity()).standing).toMatchObject({
      concurrency: { running: 1 },
      budgets: [{ used: 61, reserved: 0 }],
    });
    // A watcher that comes back, or came late, hears of it at once.
    await evictDurableObject(guard.stub, { webSockets: "close" });
    const again = await guard.watch(permit);
    await expect.poll(() => again).toMatchObject([{ id: guard.record.id }, { refusal }]);
    await guard.settle(settlementOf(permit, { tokens: 5 }));
    expect(await budgetOf(guard)).toMatchObject({ used: 66, reserved: 0 });
  });

  it("end it where the last minute has no room", async ({ expect }) => {
    const guard = await TestGuard.of({ tokensPerMinute: 100 });
    const { permit } = await guard.ask({ tokens: 40 });
    const line = await guard.watch(permit);
    await guard.at(START + 15_000);
    await guard.settle(part(permit, 1, 80));
    const refusal = { code: "rate_limited", unit: "tokens", perMinute: 100, retryAfter: 45 };
    await expect.poll(() => line).toMatchObject([{}, { refusal }]);
  });

  it("are paid by the period in which each began", async ({ expect }) => {
    const guard = await TestGuard.of({ budgets: [tokens(100, "hour")] });
    const { permit } = await guard.ask({ tokens: 40 });
    await guard.at(START + 3_600_000);
    await guard.settle(part(permit, 1, 10));
    expect(await budgetOf(guard)).toMatchObject({ used: 0, reserved: 40 });
    await guard.settle(settlementOf(permit, { tokens: 20 }));
    expect(await budgetOf(guard)).toMatchObject({ used: 20, reserved: 0 });
  });

  it("of one call hold nothing in between: lines of a batch, say", async ({ expect }) => {
    const guard = await TestGuard.of({ budgets: [tokens(100)] });
    const { permit } = await guard.ask({ tokens: 40 });
    const line = await guard.watch(permit);
    await guard.settle(...[1, 2, 3].map((place) => part(permit, place, 30)), settlementOf(permit));
    expect(await budgetOf(guard)).toMatchObject({ used: 90, reserved: 0 });
    expect(line).toHaveLength(1);
  });
});

describe("a lost request", () => {
  const lost = { code: "lost", error: "gateway", estimated: true, status: 0 };

  it("counts as its estimate, and gives its place back", async ({ expect }) => {
    const guard = await TestGuard.of({ concurrency: 1, budgets: [usd(1)] });
    const { permit } = await guard.ask({ tokens: 500, micros: 7.5 });
    await guard.at(START + 59_999);
    await guard.ring();
    expect((await guard.ask({ micros: 1 })).answer).toBe("refused");
    await guard.at(START + 60_000);
    await guard.ring();
    expect((await guard.stub.activity()).standing).toMatchObject({
      concurrency: { running: 0 },
      budgets: [{ used: 7.5, reserved: 0 }],
    });
    const [entry] = await entriesOf(guard);
    expect(entry).toMatchObject({ ...lost, id: permit, micros: 7.5, counts: { input: 500 }, model: "gpt-4o" });
  });

  it("isn't one while its line is open, nor before its watcher had the time to come back", async ({ expect }) => {
    const guard = await TestGuard.of({ concurrency: 1 });
    const { permit } = await guard.ask();
    const { close } = await guard.watchLine(permit);
    await guard.at(START + 3_600_000);
    await guard.ring();
    expect((await guard.stub.activity()).standing?.concurrency?.running).toBe(1);
    close();
    await expect.poll(() => guard.within((_, state) => state.getWebSockets().length)).toBe(0);
    await guard.at(START + 3_659_999);
    await guard.ring();
    expect((await guard.stub.activity()).standing?.concurrency?.running).toBe(1);
    await guard.at(START + 3_660_000);
    await guard.ring();
    expect((await guard.stub.activity()).standing?.concurrency?.running).toBe(0);
  });

  it("that tells late after all counts as what it used, once", async ({ expect }) => {
    const guard = await TestGuard.of({ budgets: [usd(1)] });
    const { permit } = await guard.ask({ tokens: 500, micros: 700 });
    await guard.at(START + 60_000);
    await guard.ring();
    await evictDurableObject(guard.stub);
    await guard.at(START + 120_000);
    const settlement = settlementOf(permit, { tokens: 20, micros: 30 });
    await guard.settle(settlement);
    await guard.settle(settlement);
    expect(await budgetOf(guard)).toMatchObject({ used: 30, reserved: 0 });
    expect(await entriesOf(guard)).toEqual([settlement.entry]);
  });

  it("of which parts were settled, and that goes on, is a request again", async ({ expect }) => {
    const guard = await TestGuard.of({ concurrency: 2, budgets: [tokens(1_000)] });
    const { permit } = await guard.ask({ tokens: 100 });
    const part = (place: number) => settlementOf(partId(permit, place), { tokens: 10 }, { more: true });
    await guard.settle(part(1));
    await guard.at(START + 60_000);
    await guard.ring();
    expect(await budgetOf(guard)).toMatchObject({ used: 110, reserved: 0 });
    await guard.settle(part(1));
    expect(await budgetOf(guard)).toMatchObject({ used: 110, reserved: 0 });
    await guard.settle(part(2));
    expect((await guard.stub.activity()).standing).toMatchObject({
      concurrency: { running: 1 },
      budgets: [{ used: 20, reserved: 100 }],
    });
  });

  it("lets those in who wait for its place", async ({ expect }) => {
    const guard = await TestGuard.of({ concurrency: 1, queueSeconds: 30 });
    await guard.ask();
    const waiting = guard.ask();
    await guard.at(START + 60_000);
    await guard.ring();
    expect((await waiting).answer).toBe("granted");
  });
});
