import { evictDurableObject, reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { partId } from "../../../../gateway/permits.ts";
import { fakeLedger, settlementOf, START, TestGuard, tokens, usd } from "../../support/guards.ts";

beforeEach(() => {
  fakeLedger();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await reset();
});

const entriesOf = async (guard: TestGuard) => (await guard.stub.requests({ before: null, limit: 1_000 })).entries;
const standingOf = async (guard: TestGuard) => (await guard.stub.activity()).standing;
const budgetOf = async (guard: TestGuard) => (await standingOf(guard))?.budgets[0];

/** What a permit from a lease used. */
const leased = (permit: string, lease: string, used: number, held: number, change: { more?: boolean } = {}) =>
  settlementOf(
    permit,
    { tokens: used },
    { ...change, leased: { lease, estimate: { tokens: held, micros: 0 }, afterMs: 0 } },
  );

async function leaseOf(guard: TestGuard, requests: number, each: number) {
  const lease = await guard.wish(requests, { tokens: each });
  if (lease === null) throw new Error("no lease");
  return lease;
}

describe("a lease", () => {
  it("is all that is wished for where the limits are far away, and is held", async ({ expect }) => {
    const guard = await TestGuard.of({ requestsPerMinute: 10_000, budgets: [tokens(1_000_000)] });
    const lease = await guard.wish(100, { tokens: 50 }, { lease: "the-lease" });
    expect(lease).toMatchObject({
      lease: "the-lease",
      version: 1,
      requests: 100,
      tokens: 5_000,
      nanos: 0,
      forMs: 1_000,
    });
    // Beside the lease, as a holder has it.
    expect(lease?.standing).toMatchObject({ requestsPerMinute: { left: 10_000 }, budgets: [{ left: 1_000_000 }] });
    expect(await standingOf(guard)).toMatchObject({
      requestsPerMinute: { left: 9_900 },
      budgets: [{ used: 0, reserved: 5_000, left: 995_000 }],
    });
  });

  it("is a sixteenth of what the tightest limit leaves at most", async ({ expect }) => {
    const byRate = await TestGuard.of({ requestsPerMinute: 160 });
    expect(await byRate.wish(100, { tokens: 50 })).toMatchObject({ requests: 10, tokens: 500 });
    expect(await byRate.wish(100)).toMatchObject({ requests: 9 });
    const byTokens = await TestGuard.of({ tokensPerMinute: 16_000 });
    expect(await byTokens.wish(100, { tokens: 50 })).toMatchObject({ requests: 20, tokens: 1_000 });
    const byMoney = await TestGuard.of({ budgets: [usd(1, "day"), usd(0.016)] });
    expect(await byMoney.wish(100, { micros: 100 })).toMatchObject({ requests: 10, nanos: 1_000_000 });
  });

  it("isn't given near a limit, with a limit of concurrency, without limits or by an older record", async ({
    expect,
  }) => {
    expect(await (await TestGuard.of({ requestsPerMinute: 60 })).wish(100)).toBeNull();
    expect(await (await TestGuard.of({ budgets: [tokens(1_000)] })).wish(100, { tokens: 20 })).toBeNull();
    expect(await (await TestGuard.of({ concurrency: 1_000 })).wish(100)).toBeNull();
    expect(await (await TestGuard.of(null)).wish(100)).toBeNull();
    const guard = await TestGuard.of({ requestsPerMinute: 10_000 });
    expect(await guard.wish(100, {}, { version: 0 })).toBeNull();
    expect(await guard.wish(100, {}, { version: 2 })).toBeNull();
  });

  it("ends with the hour: what is held then isn't of the next hour's budget", async ({ expect }) => {
    const guard = await TestGuard.of({ budgets: [tokens(100_000, "hour")] });
    await guard.at(START + 40 * 60_000 - 300);
    expect(await guard.wish(10, { tokens: 5 })).toMatchObject({ forMs: 300 });
  });

  it("isn't given twice, nor after it was given back unseen", async ({ expect }) => {
    const guard = await TestGuard.of({ requestsPerMinute: 10_000 });
    expect(await guard.wish(10, {}, { lease: "twice" })).not.toBeNull();
    expect(await guard.wish(10, {}, { lease: "twice" })).toBeNull();
    await guard.giveBack("late");
    expect(await guard.wish(10, {}, { lease: "late" })).toBeNull();
    expect(await standingOf(guard)).toMatchObject({ requestsPerMinute: { left: 9_990 } });
  });
});

describe("what is granted from a lease", () => {
  it("counts when its end is told, once, and the rest stays held", async ({ expect }) => {
    const guard = await TestGuard.of({ requestsPerMinute: 10_000, budgets: [tokens(1_000_000)] });
    const { lease } = await leaseOf(guard, 10, 100);
    const settlement = leased("a", lease, 30, 100);
    await guard.settle(settlement, settlement);
    await evictDurableObject(guard.stub);
    await guard.at(START);
    await guard.settle(settlement);
    expect(await standingOf(guard)).toMatchObject({
      requestsPerMinute: { left: 9_990 },
      budgets: [{ used: 30, reserved: 900 }],
    });
    expect(await entriesOf(guard)).toEqual([settlement.entry]);
  });

  it("counts for a minute from when it was granted, however late that is told", async ({ expect }) => {
    const guard = await TestGuard.of({ requestsPerMinute: 1_600 });
    const { lease } = await leaseOf(guard, 100, 0);
    await guard.at(START + 700);
    const estimate = { tokens: 0, micros: 0 };
    // Its body took long: it came before the lease, and was granted from it.
    await guard.settle(
      settlementOf("a", {}, { leased: { lease, estimate, afterMs: 600 }, entry: { at: START - 5_000 } }),
    );
    await guard.giveBack(lease);
    const left = async (at: number) => {
      await guard.at(at);
      return (await standingOf(guard))?.requestsPerMinute?.left;
    };
    expect(await left(START + 60_599)).toBe(1_599);
    expect(await left(START + 60_600)).toBe(1_600);
  });

  it("counts for the rate of tokens as what it used, and as its estimate while it runs", async ({ expect }) => {
    const guard = await TestGuard.of({ tokensPerMinute: 100_000 });
    const { lease } = await leaseOf(guard, 10, 100);
    const left = async () => (await standingOf(guard))?.tokensPerMinute?.left;
    expect(await left()).toBe(99_000);
    await guard.settle(leased("a", lease, 30, 100));
    expect(await left()).toBe(99_070);
    const running = guard.asked({ tokens: 80 });
    await guard.giveBack(lease, running);
    expect(await left()).toBe(99_890);
    await guard.settle(leased(running.permit, lease, 10, 80));
    expect(await left()).toBe(99_960);
    await guard.at(START + 60_000);
    expect(await left()).toBe(100_000);
  });

  it("is held by itself once the lease is given back, and the rest is free", async ({ expect }) => {
    const guard = await TestGuard.of({ requestsPerMinute: 10_000, budgets: [tokens(1_000_000)] });
    const { lease } = await leaseOf(guard, 10, 100);
    const running = guard.asked({ tokens: 80 });
    const over = guard.asked({ tokens: 70 });
    await guard.settle(leased(over.permit, lease, 60, 70));
    for (let time = 0; time < 2; time++) await guard.giveBack(lease, running, over);
    expect(await standingOf(guard)).toMatchObject({
      requestsPerMinute: { left: 9_998 },
      budgets: [{ used: 60, reserved: 80 }],
    });
    await guard.settle(leased(running.permit, lease, 5, 80));
    expect(await budgetOf(guard)).toMatchObject({ used: 65, reserved: 0 });
    expect((await entriesOf(guard)).map(({ id }) => id)).toEqual([running.permit, over.permit]);
  });

  it("goes on in parts, as any permit", async ({ expect }) => {
    const guard = await TestGuard.of({ budgets: [tokens(1_000_000)] });
    const { lease } = await leaseOf(guard, 10, 100);
    await guard.settle(leased(partId("p", 1), lease, 40, 100, { more: true }));
    await guard.giveBack(lease);
    expect(await budgetOf(guard)).toMatchObject({ used: 40, reserved: 100 });
    await evictDurableObject(guard.stub);
    await guard.at(START);
    await guard.settle(leased("p", lease, 10, 100));
    expect(await budgetOf(guard)).toMatchObject({ used: 50, reserved: 0 });
  });

  it("counts also where its lease was given back without a word of it", async ({ expect }) => {
    const guard = await TestGuard.of({ budgets: [tokens(1_000_000)] });
    const { lease } = await leaseOf(guard, 10, 100);
    await guard.giveBack(lease);
    const settlement = leased("a", lease, 30, 100);
    await guard.settle(settlement, settlement);
    expect(await budgetOf(guard)).toMatchObject({ used: 30, reserved: 0 });
  });

  it("is judged beside the lease by everyone else, and by who gives it back without it", async ({ expect }) => {
    const guard = await TestGuard.of({ budgets: [tokens(16_000)] });
    const { lease } = await leaseOf(guard, 10, 100);
    expect((await guard.ask({ tokens: 15_500 })).answer).toBe("refused");
    expect((await guard.ask({ tokens: 15_500 }, { returned: [{ lease, running: [] }] })).answer).toBe("granted");
  });
});

describe("an ask of a gateway from before leases", () => {
  it("is answered as ever, beside the leases of others", async ({ expect }) => {
    const guard = await TestGuard.of({ budgets: [tokens(16_000)] });
    await leaseOf(guard, 10, 100);
    const { returned: _, ...ask } = guard.askOf({ tokens: 1_000 });
    expect(await guard.within((own) => own.admit(ask))).toMatchObject({ answer: "granted" });
    expect(await budgetOf(guard)).toMatchObject({ reserved: 2_000 });
  });
});

describe("a lease that is never given back", () => {
  it("counts as used after a minute; what is told late takes the place of its share", async ({ expect }) => {
    const guard = await TestGuard.of({ budgets: [tokens(1_000_000)] });
    const { lease } = await leaseOf(guard, 10, 100);
    await guard.at(START + 59_999);
    await guard.ring();
    expect(await budgetOf(guard)).toMatchObject({ used: 0, reserved: 1_000 });
    await guard.at(START + 60_000);
    await guard.ring();
    expect(await budgetOf(guard)).toMatchObject({ used: 1_000, reserved: 0 });
    expect(await entriesOf(guard)).toMatchObject([
      { id: lease, code: "lost", estimated: true, counts: { input: 1_000 } },
    ]);
    await guard.settle(leased("a", lease, 30, 100));
    expect(await budgetOf(guard)).toMatchObject({ used: 930, reserved: 0 });
    await guard.giveBack(lease, guard.asked({ tokens: 50 }));
    expect(await budgetOf(guard)).toMatchObject({ used: 30, reserved: 50 });
    // Nobody can tell any more whether that was counted.
    await guard.at(START + 700_000);
    await guard.settle(leased("a", lease, 30, 100));
    expect(await budgetOf(guard)).toMatchObject({ used: 30 });
  });
});
