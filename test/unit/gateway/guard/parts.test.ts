import { evictDurableObject, reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { partId } from "../../../../gateway/permits.ts";
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

/** A part of a permit, which is not its end. */
const part = (permit: string, place: number, used: number) =>
  settlementOf(partId(permit, place), { tokens: used }, { more: true });

describe("parts of a permit", () => {
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
