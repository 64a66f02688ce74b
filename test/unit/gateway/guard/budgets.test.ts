import { reset } from "cloudflare:test";
import { afterEach, describe, it } from "vitest";
import { settlementOf, START, TestGuard, tokens, usd } from "../../support/guards.ts";

afterEach(() => reset());

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe("a budget", () => {
  it("holds what a request may use, and gives back what it didn't", async ({ expect }) => {
    const guard = await TestGuard.of({ budgets: [usd(1)] });
    const first = await guard.ask({ micros: 600_000 });
    expect(first).toMatchObject({
      answer: "granted",
      standing: { budgets: [{ unit: "usd", limit: 1_000_000, used: 0, reserved: 600_000, left: 400_000 }] },
    });
    expect(await guard.ask({ micros: 400_001 })).toMatchObject({
      answer: "refused",
      refusal: {
        code: "budget_used_up",
        unit: "usd",
        per: "total",
        limit: 1_000_000,
        left: 400_000,
        needed: 400_001,
        resetsAt: null,
      },
    });
    await guard.settle(settlementOf(first.permit, { micros: 123.457 }));
    expect((await guard.stub.activity()).standing?.budgets).toMatchObject([{ used: 123.457, reserved: 0 }]);
    expect((await guard.ask({ micros: 999_876.543 })).answer).toBe("granted");
    expect((await guard.ask({ micros: 0.001 })).answer).toBe("refused");
  });

  it("counts beside others, and the first without room refuses", async ({ expect }) => {
    const guard = await TestGuard.of({ budgets: [usd(1, "day"), tokens(100, "hour"), tokens(1_000, "month")] });
    expect((await guard.ask({ micros: 10, tokens: 60 })).answer).toBe("granted");
    expect(await guard.ask({ micros: 10, tokens: 41 })).toMatchObject({
      refusal: { unit: "tokens", per: "hour", limit: 100, left: 40, needed: 41, resetsAt: START + 40 * 60_000 },
    });
    expect((await guard.ask({ micros: 10, tokens: 40 })).answer).toBe("granted");
  });

  it("isn't touched by what uses nothing of it, also where it is used up", async ({ expect }) => {
    const guard = await TestGuard.of({ budgets: [usd(0), tokens(0)] });
    expect((await guard.ask()).answer).toBe("granted");
    expect((await guard.ask({ micros: null })).answer).toBe("granted");
    expect((await guard.ask({ tokens: 1 })).answer).toBe("refused");
  });

  it("for 10 requests lets 10 of 200 at the same time in, and the rest of it as soon as they are settled", async ({
    expect,
  }) => {
    const guard = await TestGuard.of({ budgets: [usd(10)] });
    const answers = await Promise.all(Array.from({ length: 200 }, () => guard.ask({ micros: 1_000_000 })));
    const granted = answers.filter(({ answer }) => answer === "granted");
    expect(granted).toHaveLength(10);
    await guard.settle(...granted.map(({ permit }) => settlementOf(permit, { micros: 100_000 })));
    const again = await Promise.all(Array.from({ length: 200 }, () => guard.ask({ micros: 1_000_000 })));
    expect(again.filter(({ answer }) => answer === "granted")).toHaveLength(9);
    const [standing] = (await guard.stub.activity()).standing?.budgets ?? [];
    expect(standing).toMatchObject({ used: 1_000_000, reserved: 9_000_000, left: 0 });
  }, 60_000);

  for (const [per, later] of [
    ["hour", 40 * 60_000],
    ["day", 13 * HOUR + 40 * 60_000],
    // 2 January 2030 is a Wednesday.
    ["week", 4 * DAY + 13 * HOUR + 40 * 60_000],
    ["month", 29 * DAY + 13 * HOUR + 40 * 60_000],
  ] as const) {
    it(`begins anew with each ${per}; a request counts in the one in which it was granted`, async ({ expect }) => {
      const guard = await TestGuard.of({ budgets: [tokens(100, per)] });
      const first = await guard.ask({ tokens: 80 });
      await guard.at(START + later - 1);
      expect(await guard.ask({ tokens: 80 })).toMatchObject({ refusal: { per, resetsAt: START + later } });
      await guard.at(START + later);
      const second = await guard.ask({ tokens: 80 });
      expect(second).toMatchObject({ answer: "granted", standing: { budgets: [{ used: 0, reserved: 80 }] } });
      // What was granted before is over in the new period, and isn't paid for by it.
      await guard.settle(settlementOf(first.permit, { tokens: 70 }));
      expect((await guard.stub.activity()).standing?.budgets).toMatchObject([{ used: 0, reserved: 80, left: 20 }]);
      await guard.settle(settlementOf(second.permit, { tokens: 60 }));
      expect((await guard.stub.activity()).standing?.budgets).toMatchObject([{ used: 60, reserved: 0, left: 40 }]);
    });
  }

  it("counts at once after an edit, for what was used before it too", async ({ expect }) => {
    const guard = await TestGuard.of({ requestsPerMinute: 100 });
    const { permit } = await guard.ask({ tokens: 60, micros: 900 });
    await guard.settle(settlementOf(permit, { tokens: 50, micros: 800 }));
    const limits = { requestsPerMinute: null, tokensPerMinute: null, concurrency: null, queueSeconds: 0 };
    const edited = { ...guard.record, version: 2, limits: { ...limits, budgets: [tokens(100, "day"), usd(0.001)] } };
    await guard.stub.apply(edited);
    expect(await guard.ask({ tokens: 51 }, { version: 2 })).toMatchObject({ refusal: { left: 50 } });
    expect(await guard.ask({ micros: 201 }, { version: 2 })).toMatchObject({ refusal: { unit: "usd", left: 200 } });
    expect((await guard.ask({ tokens: 50, micros: 200 }, { version: 2 })).answer).toBe("granted");
  });

  it("adds up to the last thousandth of a micro-dollar over 10,000 requests", async ({ expect }) => {
    const guard = await TestGuard.of({ budgets: [usd(1_000)] });
    let sum = 0;
    for (let call = 0; call < 100; call++) {
      const settlements = Array.from({ length: 100 }, (_, index) => {
        const micros = (((call * 100 + index) * 7_919) % 1_000_003) / 1_000;
        sum += Math.round(micros * 1_000);
        return settlementOf(crypto.randomUUID(), { micros }, { granted: false });
      });
      await guard.settle(...settlements);
    }
    expect((await guard.stub.activity()).standing?.budgets[0]?.used).toBe(sum / 1_000);
  }, 60_000);
});
