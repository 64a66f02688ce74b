import { reset } from "cloudflare:test";
import { afterEach, describe, it } from "vitest";
import { tell } from "../../../../gateway/refusals.ts";
import { settlementOf, START, TestGuard } from "../../support/guards.ts";

afterEach(() => reset());

describe("requests per minute", () => {
  it("slide to the millisecond: no burst fits between two minutes", async ({ expect }) => {
    const guard = await TestGuard.of({ requestsPerMinute: 2 });
    expect(await guard.ask()).toMatchObject({
      standing: { requestsPerMinute: { limit: 2, left: 1, resetsAt: START + 60_000 } },
    });
    await guard.at(START + 30_000);
    expect((await guard.ask()).answer).toBe("granted");
    await guard.at(START + 59_999);
    expect(await guard.ask()).toMatchObject({
      answer: "refused",
      refusal: { code: "rate_limited", unit: "requests", perMinute: 2, retryAfter: 1 },
    });
    await guard.at(START + 60_000);
    expect((await guard.ask()).answer).toBe("granted");
    expect(await guard.ask()).toMatchObject({ refusal: { retryAfter: 30 } });
  });

  it("aren't used up by refusals", async ({ expect }) => {
    const guard = await TestGuard.of({ requestsPerMinute: 1 });
    await guard.ask();
    for (let second = 1; second < 60; second++) {
      await guard.at(START + second * 1_000);
      expect(await guard.ask()).toMatchObject({ refusal: { retryAfter: 60 - second } });
    }
    await guard.at(START + 60_000);
    expect((await guard.ask()).answer).toBe("granted");
  });

  it("count every one of a burst", async ({ expect }) => {
    const guard = await TestGuard.of({ requestsPerMinute: 7 });
    const answers = await Promise.all(Array.from({ length: 50 }, () => guard.ask()));
    expect(answers.filter(({ answer }) => answer === "granted")).toHaveLength(7);
  });

  it("count what came before there was a limit", async ({ expect }) => {
    const guard = await TestGuard.of({ budgets: [] });
    await guard.settle(
      settlementOf("a", {}, { granted: false }),
      settlementOf("b", {}, { granted: false, entry: { refusedBy: "gateway", code: "model_not_allowed" } }),
    );
    await guard.stub.apply({
      ...guard.record,
      version: 2,
      limits: { requestsPerMinute: 2, tokensPerMinute: null, concurrency: null, queueSeconds: 0, budgets: [] },
    });
    expect((await guard.ask({}, { version: 2 })).answer).toBe("granted");
    expect((await guard.ask({}, { version: 2 })).answer).toBe("refused");
  });
});

describe("tokens per minute", () => {
  it("count what is held, then what was used", async ({ expect }) => {
    const guard = await TestGuard.of({ tokensPerMinute: 1_000 });
    const { permit } = await guard.ask({ tokens: 900 });
    await guard.at(START + 10_000);
    expect(await guard.ask({ tokens: 200 })).toMatchObject({
      refusal: { code: "rate_limited", unit: "tokens", perMinute: 1_000, retryAfter: 50 },
    });
    await guard.settle(settlementOf(permit, { tokens: 300 }));
    expect(await guard.ask({ tokens: 200 })).toMatchObject({
      answer: "granted",
      standing: { tokensPerMinute: { left: 500, resetsAt: START + 70_000 } },
    });
    await guard.at(START + 59_999);
    expect(await guard.ask({ tokens: 501 })).toMatchObject({ refusal: { retryAfter: 1 } });
    await guard.at(START + 60_000);
    expect((await guard.ask({ tokens: 800 })).answer).toBe("granted");
  });

  it("tell when there is room, as many as have to run out", async ({ expect }) => {
    const guard = await TestGuard.of({ tokensPerMinute: 100 });
    for (const second of [0, 10, 20, 30]) {
      await guard.at(START + second * 1_000);
      await guard.ask({ tokens: 25 });
    }
    expect(await guard.ask({ tokens: 25 })).toMatchObject({ refusal: { retryAfter: 30 } });
    expect(await guard.ask({ tokens: 26 })).toMatchObject({ refusal: { retryAfter: 40 } });
    expect(await guard.ask({ tokens: 100 })).toMatchObject({ refusal: { retryAfter: 60 } });
  });

  it("say so where a request alone is too large, and that waiting is in vain", async ({ expect }) => {
    const guard = await TestGuard.of({ tokensPerMinute: 100 });
    const answer = await guard.ask({ tokens: 101 });
    if (answer.answer !== "refused") throw new Error("granted");
    expect(answer.refusal).toMatchObject({ code: "rate_limited", needed: 101 });
    expect(tell(answer.refusal)).toEqual({
      status: 429,
      message:
        "This request may use up to 101 tokens, and your token's own limit is 100 tokens per minute. Ask for less: a shorter prompt, or a bound on the output.",
      retryAfter: null,
    });
  });
});
