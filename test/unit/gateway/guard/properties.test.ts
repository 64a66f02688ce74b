import { evictDurableObject, reset } from "cloudflare:test";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import type { Limits } from "../../../../shared/policy.ts";
import { fakeLedger, limitsOf, settlementOf, START, TestGuard, tokens, usd } from "../../support/guards.ts";

beforeEach(() => {
  fakeLedger();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await reset();
});

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** Something that happens to a guard. Shares are of what was held, at most all of it. */
type Step =
  | { does: "ask"; tokens: number; micros: number }
  | { does: "settle"; which: number; share: number; times: number }
  | { does: "wait"; ms: number }
  | { does: "edit"; limits: Limits }
  | { does: "restart" };

/** A request as the model knows it, which is written apart from the guard's code. */
interface Known {
  permit: string;
  at: number;
  held: { tokens: number; micros: number };
  /** What it counts as: what is held, the same as given up, or what it used. */
  state: "held" | "lost" | "settled";
  used: { tokens: number; micros: number };
}

const LIMITS: fc.Arbitrary<Limits> = fc
  .record({
    requestsPerMinute: fc.option(fc.integer({ min: 1, max: 6 })),
    tokensPerMinute: fc.option(fc.integer({ min: 50, max: 300 })),
    concurrency: fc.option(fc.integer({ min: 1, max: 4 })),
    hour: fc.integer({ min: 50, max: 500 }),
    total: fc.integer({ min: 100, max: 2_000 }),
  })
  .map(({ hour, total, ...rates }) =>
    limitsOf({ ...rates, budgets: [tokens(hour, "hour"), usd(total / 1_000_000, "total")] }),
  );

const STEP: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant("ask" as const),
      tokens: fc.integer({ min: 0, max: 120 }),
      micros: fc.integer({ min: 0, max: 200_000 }).map((thousandths) => thousandths / 1_000),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant("settle" as const),
      which: fc.nat(30),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      times: fc.integer({ min: 1, max: 2 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant("wait" as const),
      ms: fc.oneof(fc.integer({ min: 1, max: 70_000 }), fc.constantFrom(MINUTE, HOUR - 20 * MINUTE, HOUR)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("edit" as const), limits: LIMITS }) },
  { weight: 1, arbitrary: fc.constant({ does: "restart" as const }) },
);

class Model {
  readonly requests: Known[] = [];
  limits: Limits;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  #sum(what: "tokens" | "micros", states: Known["state"][], since: number): number {
    return this.requests
      .filter(({ state, at }) => states.includes(state) && at >= since)
      .reduce((sum, { state, held, used }) => sum + Math.round((state === "settled" ? used : held)[what] * 1_000), 0);
  }

  /** Used and held, per budget, in thousandths. */
  standing(now: number): { used: number; held: number }[] {
    const hour = Math.floor(now / HOUR) * HOUR;
    return (
      [
        ["tokens", hour],
        ["micros", 0],
      ] as const
    ).map(([what, since]) => ({
      used: this.#sum(what, ["settled", "lost"], since),
      held: this.#sum(what, ["held"], since),
    }));
  }

  mayGo(amounts: { tokens: number; micros: number }, now: number): boolean {
    const { requestsPerMinute, tokensPerMinute, concurrency, budgets } = this.limits;
    const [hour, total] = this.standing(now);
    const recent = this.requests.filter(({ at }) => at > now - MINUTE);
    const minute = recent.reduce((sum, { state, held, used }) => sum + (state === "settled" ? used : held).tokens, 0);
    const wants = [amounts.tokens * 1_000, Math.round(amounts.micros * 1_000)];
    const fits = [hour, total].every((budget, index) => {
      const limit = (budgets[index]?.tokens ?? Math.round((budgets[index]?.usd ?? 0) * 1_000_000)) * 1_000;
      const want = wants[index] ?? 0;
      return want === 0 || (budget?.used ?? 0) + (budget?.held ?? 0) + want <= limit;
    });
    return (
      fits &&
      (requestsPerMinute === null || recent.length < requestsPerMinute) &&
      (tokensPerMinute === null || amounts.tokens === 0 || minute + amounts.tokens <= tokensPerMinute) &&
      (concurrency === null || this.requests.filter(({ state }) => state === "held").length < concurrency)
    );
  }

  giveUpLost(now: number): void {
    for (const one of this.requests) if (one.state === "held" && one.at + MINUTE <= now) one.state = "lost";
  }
}

async function ask(step: Step & { does: "ask" }, guard: TestGuard, model: Model, version: number): Promise<boolean> {
  const expected = model.mayGo(step, guard.now);
  const { answer, permit } = await guard.ask(step, { version });
  if (answer === "granted") {
    const held = { tokens: step.tokens, micros: step.micros };
    model.requests.push({ permit, at: guard.now, held, state: "held", used: held });
  }
  return (answer === "granted") === expected;
}

async function settle(step: Step & { does: "settle" }, guard: TestGuard, model: Model): Promise<void> {
  const one = model.requests[step.which % Math.max(1, model.requests.length)];
  if (one === undefined) return;
  const used = {
    tokens: Math.floor(one.held.tokens * step.share),
    micros: Math.floor(one.held.micros * step.share * 1_000) / 1_000,
  };
  await guard.settle(...Array.from({ length: step.times }, () => settlementOf(one.permit, used)));
  if (one.state !== "settled") Object.assign(one, { state: "settled", used });
}

/** Does what happens to the guard to the model as well. @returns what differs between them; null: nothing */
async function differs(steps: readonly Step[]): Promise<string | null> {
  const first = limitsOf({ budgets: [tokens(300, "hour"), usd(0.001, "total")] });
  const guard = await TestGuard.of(first);
  const model = new Model(first);
  let version = 1;
  for (const [index, step] of steps.entries()) {
    if (step.does === "ask" && !(await ask(step, guard, model, version))) return `step ${index}: granted or not`;
    if (step.does === "settle") await settle(step, guard, model);
    if (step.does === "restart") await evictDurableObject(guard.stub).then(() => guard.at(guard.now));
    if (step.does === "edit") {
      version++;
      model.limits = step.limits;
      await guard.stub.apply({ ...guard.record, version, limits: step.limits });
    }
    if (step.does === "wait") {
      await guard.at(guard.now + step.ms);
      await guard.ring();
      model.giveUpLost(guard.now);
    }
    const standing = (await guard.stub.activity()).standing?.budgets ?? [];
    const found = standing.map(({ used, reserved }) => ({
      used: Math.round(used * 1_000),
      held: Math.round(reserved * 1_000),
    }));
    const expected = model.standing(guard.now);
    if (JSON.stringify(found) !== JSON.stringify(expected)) {
      return `step ${index}: ${JSON.stringify(found)} and not ${JSON.stringify(expected)}`;
    }
  }
  return sumsDiffer(guard, model);
}

/** The log and the usage have to add up to what the model says was used. */
async function sumsDiffer(guard: TestGuard, model: Model): Promise<string | null> {
  const over = model.requests.filter(({ state }) => state !== "held");
  const expected = over.reduce((sum, { state, held, used }) => {
    return sum + Math.round((state === "settled" ? used : held).micros * 1_000);
  }, 0);
  const { entries } = await guard.stub.requests({ before: null, limit: 1_000 });
  const logged = entries.reduce((sum, { micros }) => sum + Math.round((micros ?? 0) * 1_000), 0);
  const { total } = await guard.stub.usage({ tokenId: null, from: "2030-01-01", to: "2031-01-01", group: "day" });
  const sums = [logged, Math.round(total.micros * 1_000), total.requests - total.errors.limit];
  const wanted = [expected, expected, over.length];
  return JSON.stringify(sums) === JSON.stringify(wanted) ? null : `sums: ${sums.join()} and not ${wanted.join()}`;
}

describe("whatever happens to it, in whatever order", () => {
  it("a guard grants what a plain model of its limits grants, and its books add up", async ({ expect }) => {
    const steps = fc.array(STEP, { minLength: 10, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(steps, async (happening) => {
        expect(await differs(happening)).toBeNull();
      }),
      { numRuns: 60 },
    );
    expect(START % HOUR).toBe(20 * MINUTE);
  }, 120_000);
});
