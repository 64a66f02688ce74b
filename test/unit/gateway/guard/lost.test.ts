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
const budgetOf = async (guard: TestGuard) => (await guard.stub.activity()).standing?.budgets[0];

/** A part of a permit, which is not its end. */
const part = (permit: string, place: number, used: number) =>
  settlementOf(partId(permit, place), { tokens: used }, { more: true });

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
    await guard.settle(part(permit, 1, 10));
    await guard.at(START + 60_000);
    await guard.ring();
    expect(await budgetOf(guard)).toMatchObject({ used: 110, reserved: 0 });
    await guard.settle(part(permit, 1, 10));
    expect(await budgetOf(guard)).toMatchObject({ used: 110, reserved: 0 });
    await guard.settle(part(permit, 2, 10));
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
