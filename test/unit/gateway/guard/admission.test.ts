import { evictDurableObject, reset } from "cloudflare:test";
import { afterEach, describe, it } from "vitest";
import { guardName } from "../../../../gateway/guard/guard.ts";
import { gatewayEnv, makeToken } from "../../support/gateway.ts";
import { limitsOf, settlementOf, START, TestGuard, tokens, usd } from "../../support/guards.ts";

afterEach(() => reset());

describe("asking a guard", () => {
  it("twice with the same permit grants once, also across a restart", async ({ expect }) => {
    const guard = await TestGuard.of({ requestsPerMinute: 2, budgets: [tokens(100)] });
    const first = await guard.ask({ tokens: 60 }, { permit: "p" });
    expect(await guard.ask({ tokens: 60 }, { permit: "p" })).toEqual(first);
    await evictDurableObject(guard.stub);
    await guard.at(START);
    expect(await guard.ask({ tokens: 60 }, { permit: "p" })).toEqual(first);
    expect((await guard.ask({ tokens: 40 })).answer).toBe("granted");
  });

  it("twice gives the same refusal, and writes it down once", async ({ expect }) => {
    const guard = await TestGuard.of({ requestsPerMinute: 1 });
    await guard.ask();
    const refused = await guard.ask({}, { permit: "r" });
    await guard.at(START + 61_000);
    expect(await guard.ask({}, { permit: "r" })).toEqual(refused);
    expect((await guard.stub.requests({ before: null, limit: 10 })).entries).toHaveLength(1);
  });

  it("gives a refusal also where a restart has lost the answer, and writes it down once", async ({ expect }) => {
    const guard = await TestGuard.of({ requestsPerMinute: 1 });
    await guard.ask();
    const refused = await guard.ask({}, { permit: "r" });
    await evictDurableObject(guard.stub);
    await guard.at(START);
    expect(await guard.ask({}, { permit: "r" })).toEqual(refused);
    expect((await guard.stub.requests({ before: null, limit: 10 })).entries).toHaveLength(1);
  });

  it("for a permit that was settled is in vain: nobody would settle it again", async ({ expect }) => {
    const guard = await TestGuard.of({ requestsPerMinute: 5 });
    await guard.settle(settlementOf("late", {}, { granted: false }));
    await guard.within(async (inside) => {
      await expect(inside.admit(guard.askOf({}, { permit: "late" }))).rejects.toThrow("This permit is over.");
    });
  });

  it("by an old record is answered with the newest one, and grants nothing", async ({ expect }) => {
    const guard = await TestGuard.of({ requestsPerMinute: 1 }, { version: 5 });
    const newest = { ...guard.record, version: 6, label: "renamed" };
    await guard.stub.apply(newest);
    expect(await guard.ask({}, { version: 5 })).toMatchObject({ answer: "newer", record: newest });
    expect((await guard.ask({}, { version: 6 })).answer).toBe("granted");
  });

  it("by a record that it was never told of is asked for that, and holds to it from then on", async ({ expect }) => {
    const { record } = await makeToken({ version: 7, limits: limitsOf({ requestsPerMinute: 1 }) });
    const stub = gatewayEnv.GUARD.getByName(guardName(record.id));
    const other = await TestGuard.of(null);
    const ask = other.askOf({}, { version: 7 });
    expect(await stub.admit(ask)).toEqual({ answer: "older" });
    expect(await stub.admit({ ...ask, record })).toMatchObject({ answer: "granted" });
    expect((await stub.recall()).record).toEqual(record);
    expect(await stub.admit({ ...ask, permit: "second" })).toMatchObject({ refusal: { code: "rate_limited" } });
    await evictDurableObject(stub);
    expect(await stub.admit({ ...ask, permit: "third" })).toMatchObject({ refusal: { code: "rate_limited" } });
  });

  it("by a record that doesn't know of the holder's last act is answered with the one that does", async ({
    expect,
  }) => {
    const guard = await TestGuard.of({ requestsPerMinute: 9 }, { version: 5, holderActedAt: 5 });
    const record = { ...guard.record, version: 8, holderActedAt: null };
    expect(await guard.ask({}, { version: 8 })).toMatchObject({ answer: "older" });
    expect(await guard.ask({}, { version: 8, record })).toMatchObject({ answer: "newer", record: { version: 5 } });
  });

  it("whose record has no limits at all grants nothing without any", async ({ expect }) => {
    const guard = await TestGuard.of(null);
    await guard.within(async (inside) => {
      await expect(inside.admit(guard.askOf())).rejects.toThrow("This token has no limits.");
    });
  });

  it("tells how all limits stand", async ({ expect }) => {
    const guard = await TestGuard.of({
      requestsPerMinute: 10,
      tokensPerMinute: 1_000,
      concurrency: 3,
      budgets: [usd(1, "day", 0.8)],
    });
    const { standing } = await guard.stub.activity();
    expect(standing).toEqual({
      requestsPerMinute: { limit: 10, left: 10, resetsAt: START },
      tokensPerMinute: { limit: 1_000, left: 1_000, resetsAt: START },
      concurrency: { limit: 3, running: 0, waiting: 0 },
      budgets: [
        {
          unit: "usd",
          per: "day",
          limit: 1_000_000,
          used: 0,
          reserved: 0,
          left: 1_000_000,
          resetsAt: Date.UTC(2030, 0, 3),
          warnAt: 0.8,
        },
      ],
    });
    expect(await guard.ask({ tokens: 100, micros: 5 })).toMatchObject({
      standing: {
        requestsPerMinute: { left: 9, resetsAt: START + 60_000 },
        tokensPerMinute: { left: 900, resetsAt: START + 60_000 },
        concurrency: { running: 1 },
        budgets: [{ reserved: 5, left: 999_995 }],
      },
    });
  });

  it("writes what it refuses into the log and the usage", async ({ expect }) => {
    const guard = await TestGuard.of({ budgets: [usd(1)] });
    const ask = { provider: "anthropic", route: "anthropic", endpoint: "messages", model: "claude" } as const;
    const { permit } = await guard.ask({ micros: 2_000_000 }, { ...ask, at: START - 40 });
    const { entries } = await guard.stub.requests({ before: null, limit: 10 });
    expect(entries).toEqual([
      {
        ...ask,
        id: permit,
        at: START - 40,
        status: 402,
        refusedBy: "gateway",
        code: "budget_used_up",
        error: "limit",
        counts: null,
        raw: {},
        micros: null,
        estimated: false,
        ttfbMs: null,
        durationMs: 40,
      },
    ]);
    expect(await guard.stub.activity()).toMatchObject({ firstUsedAt: null, lastUsedAt: null });
  });
});
