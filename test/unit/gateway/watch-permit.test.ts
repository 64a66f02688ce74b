import { evictDurableObject, reset } from "cloudflare:test";
import { afterAll, describe, it, vi } from "vitest";
import { bindingsOf } from "../../../gateway/bindings.ts";
import { partId } from "../../../gateway/permits.ts";
import type { Refusal } from "../../../gateway/refusals.ts";
import { watchToken } from "../../../gateway/watch.ts";
import { gatewayEnv } from "../support/gateway.ts";
import { fakeLedger, settlementOf, START, TestGuard, tokens } from "../support/guards.ts";

afterAll(async () => {
  vi.restoreAllMocks();
  await reset();
});

const bindings = bindingsOf(gatewayEnv);
/** A line is opened after 2.5 s, and a lost one again after 1 s. */
const PATIENT = { timeout: 6_000 };

function watch(guard: TestGuard, permit: string | null) {
  const deaths: Refusal[] = [];
  const { record } = guard;
  const watched = { record, hash: record.secrets[0]?.hash ?? "", provider: "openai" } as const;
  const stop = watchToken(
    bindings,
    watched,
    { onDead: (refusal) => void deaths.push(refusal), onLasting: () => undefined },
    permit,
  );
  return { deaths, stop };
}

const linesOf = (guard: TestGuard, permit: string) => guard.within((_, state) => state.getWebSockets(permit).length);

const endStreams = (guard: TestGuard) => guard.stub.endStreams();

describe.concurrent("what the owner ends", () => {
  it("ends at once where it has a line, and the token goes on", async ({ expect }) => {
    const guard = await TestGuard.of(null);
    const { deaths } = watch(guard, null);
    await expect.poll(() => guard.within((_, state) => state.getWebSockets().length), PATIENT).toBe(1);
    expect(await endStreams(guard)).toBe(1);
    await expect.poll(() => deaths, PATIENT).toEqual([{ code: "ended_by_owner" }]);
    expect(await endStreams(guard)).toBe(0);
    expect((await guard.stub.recall()).record?.state).toBe("active");
  }, 20_000);

  it("ends when it opens its line where it is younger, also after the guard's restart", async ({ expect }) => {
    const guard = await TestGuard.of(null);
    await guard.at(Date.now());
    const { deaths } = watch(guard, null);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await guard.at(Date.now());
    expect(await endStreams(guard)).toBe(0);
    expect(deaths).toEqual([]);
    await evictDurableObject(guard.stub);
    await expect.poll(() => deaths, PATIENT).toEqual([{ code: "ended_by_owner" }]);
  }, 20_000);

  it("isn't what begins later", async ({ expect }) => {
    const guard = await TestGuard.of(null);
    await guard.within((one) => {
      one.clock = Date.now;
    });
    await endStreams(guard);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { deaths, stop } = watch(guard, null);
    await expect.poll(() => guard.within((_, state) => state.getWebSockets().length), PATIENT).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(deaths).toEqual([]);
    stop();
  }, 20_000);
});

describe.concurrent("a watch over a granted permit", () => {
  it("keeps its request alive for its guard, until it ends", async ({ expect }) => {
    fakeLedger();
    const guard = await TestGuard.of({ concurrency: 1 });
    const { permit } = await guard.ask();
    const { deaths, stop } = watch(guard, permit);
    await expect.poll(() => linesOf(guard, permit), PATIENT).toBe(1);
    await guard.at(START + 3_600_000);
    await guard.ring();
    expect((await guard.stub.activity()).standing?.concurrency?.running).toBe(1);
    stop();
    await expect.poll(() => linesOf(guard, permit), PATIENT).toBe(0);
    expect(deaths).toEqual([]);
  }, 20_000);

  it("ends it where there is nothing left for what follows", async ({ expect }) => {
    const guard = await TestGuard.of({ budgets: [tokens(100)] });
    const { permit } = await guard.ask({ tokens: 60 });
    const { deaths } = watch(guard, permit);
    await expect.poll(() => linesOf(guard, permit), PATIENT).toBe(1);
    await guard.settle(settlementOf(partId(permit, 1), { tokens: 50 }, { more: true }));
    await expect.poll(() => deaths, PATIENT).toMatchObject([{ code: "budget_used_up", left: 50, needed: 60 }]);
    await expect.poll(() => linesOf(guard, permit), PATIENT).toBe(0);
  }, 20_000);

  it("ends it also where that was so before the line was open", async ({ expect }) => {
    const guard = await TestGuard.of({ budgets: [tokens(100)] });
    const { permit } = await guard.ask({ tokens: 60 });
    const { deaths } = watch(guard, permit);
    await guard.settle(settlementOf(partId(permit, 1), { tokens: 50 }, { more: true }));
    await expect.poll(() => deaths, PATIENT).toMatchObject([{ code: "budget_used_up" }]);
  }, 20_000);

  it("hears nothing of other permits", async ({ expect }) => {
    const guard = await TestGuard.of({ budgets: [tokens(100)] });
    const [one, other] = [await guard.ask({ tokens: 40 }), await guard.ask({ tokens: 40 })];
    const watches = [watch(guard, one.permit), watch(guard, other.permit), watch(guard, null)];
    await expect.poll(() => linesOf(guard, other.permit), PATIENT).toBe(1);
    await guard.settle(settlementOf(partId(one.permit, 1), { tokens: 40 }, { more: true }));
    await expect.poll(() => watches[0]?.deaths, PATIENT).toHaveLength(1);
    expect(watches.slice(1).map(({ deaths }) => deaths)).toEqual([[], []]);
    for (const { stop } of watches) stop();
  }, 20_000);
});
