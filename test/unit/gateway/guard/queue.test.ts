import { reset } from "cloudflare:test";
import { afterEach, describe, it } from "vitest";
import { settlementOf, TestGuard, tokens } from "../../support/guards.ts";

afterEach(() => reset());

/** Lets everything that is under way in the guard come to rest. */
const pause = (milliseconds = 30) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("concurrency", () => {
  it("lets as many run as it says, and refuses at once where nobody may wait", async ({ expect }) => {
    const guard = await TestGuard.of({ concurrency: 2 });
    const { permit } = await guard.ask();
    expect(await guard.ask()).toMatchObject({ standing: { concurrency: { limit: 2, running: 2, waiting: 0 } } });
    expect(await guard.ask()).toMatchObject({
      answer: "refused",
      refusal: { code: "concurrency_limited", limit: 2, waitedSeconds: 0 },
    });
    await guard.settle(settlementOf(permit));
    expect((await guard.ask()).answer).toBe("granted");
  });

  it("lets those who wait in, in the order in which they came", async ({ expect }) => {
    const guard = await TestGuard.of({ concurrency: 1, queueSeconds: 20 });
    const first = await guard.ask();
    const order: number[] = [];
    const waiting = Array.from({ length: 5 }, async (_, index) => {
      const answer = await guard.ask();
      order.push(index);
      return answer;
    });
    await pause();
    expect((await guard.stub.activity()).standing?.concurrency).toEqual({ limit: 1, running: 1, waiting: 5 });
    let last = first;
    for (const next of waiting) {
      await guard.settle(settlementOf(last.permit));
      last = await next;
      expect(last).toMatchObject({ answer: "granted", standing: { concurrency: { running: 1 } } });
    }
    expect(order).toEqual([0, 1, 2, 3, 4]);
  });

  it("refuses who has waited in vain, and says how long", async ({ expect }) => {
    const guard = await TestGuard.of({ concurrency: 1, queueSeconds: 2 });
    await guard.ask();
    const asked = Date.now();
    const waiting = guard.ask();
    await pause();
    await guard.at(guard.now + 1_000);
    expect(await waiting).toMatchObject({ refusal: { code: "concurrency_limited", waitedSeconds: 1 } });
    expect(Date.now() - asked).toBeGreaterThanOrEqual(1_990);
    expect((await guard.stub.activity()).standing?.concurrency?.waiting).toBe(0);
  });

  it("writes who has waited in vain down once, also where that was told of it meanwhile", async ({ expect }) => {
    const guard = await TestGuard.of({ concurrency: 1, queueSeconds: 1 });
    await guard.ask();
    const waiting = guard.ask({}, { permit: "given-up" });
    await pause();
    await guard.settle(settlementOf("given-up", {}, { granted: false }));
    expect(await waiting).toMatchObject({ refusal: { code: "concurrency_limited" } });
    expect((await guard.stub.requests({ before: null, limit: 10 })).entries.map(({ id }) => id)).toEqual(["given-up"]);
  });

  it("holds nothing for those who wait, and judges them again when it is their turn", async ({ expect }) => {
    const guard = await TestGuard.of({ concurrency: 1, queueSeconds: 20, budgets: [tokens(100)] });
    const first = await guard.ask({ tokens: 40 });
    const second = guard.ask({ tokens: 60 });
    const third = guard.ask({ tokens: 60 });
    await pause();
    expect((await guard.stub.activity()).standing?.budgets).toMatchObject([{ reserved: 40, left: 60 }]);
    await guard.settle(settlementOf(first.permit, { tokens: 40 }));
    const { permit, ...answer } = await second;
    expect(answer.answer).toBe("granted");
    await guard.settle(settlementOf(permit, { tokens: 60 }));
    expect(await third).toMatchObject({ refusal: { code: "budget_used_up", left: 0 } });
  });

  it("keeps its place for an ask that comes twice, and grants it once", async ({ expect }) => {
    const guard = await TestGuard.of({ concurrency: 1, queueSeconds: 20 });
    const first = await guard.ask();
    const twice = guard.ask({}, { permit: "asked-twice" });
    await pause();
    const other = guard.ask();
    const again = guard.ask({}, { permit: "asked-twice" });
    await pause();
    await guard.settle(settlementOf(first.permit));
    expect(await again).toEqual(await twice);
    expect((await guard.stub.activity()).standing?.concurrency).toEqual({ limit: 1, running: 1, waiting: 1 });
    await guard.settle(settlementOf("asked-twice"));
    expect((await other).answer).toBe("granted");
  });

  it("sends those who wait to be authorized again where the record changes", async ({ expect }) => {
    const guard = await TestGuard.of({ concurrency: 1, queueSeconds: 20 });
    await guard.ask();
    const waiting = [guard.ask(), guard.ask()];
    await pause();
    await guard.stub.apply({ ...guard.record, version: 9, state: "disabled" });
    for (const answer of await Promise.all(waiting)) {
      expect(answer).toMatchObject({ answer: "newer", record: { version: 9, state: "disabled" } });
    }
  });

  it("gives a place back where settlements come along with another ask", async ({ expect }) => {
    const guard = await TestGuard.of({ concurrency: 1 });
    const { permit } = await guard.ask();
    expect((await guard.ask({}, { settlements: [settlementOf(permit)] })).answer).toBe("granted");
  });
});
