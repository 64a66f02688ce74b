import { evictDurableObject, reset } from "cloudflare:test";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import type { Lease } from "../../../../gateway/permits.ts";
import { REMEMBERED_MS } from "../../../../gateway/guard/pages.ts";
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
  | { does: "wish"; requests: number; tokens: number; micros: number }
  /** Grants a permit from a lease, without the guard. */
  | { does: "draw"; which: number; share: number }
  | { does: "giveBack"; which: number; times: number }
  | { does: "restart" };

/** A lease as the model knows it, and what is left of it. */
interface KnownLease {
  name: string;
  at: number;
  endsAt: number;
  requests: number;
  tokens: number;
  micros: number;
  state: "held" | "lost" | "back";
  wasLost: boolean;
}

/** A request as the model knows it, which is written apart from the guard's code. */
interface Known {
  permit: string;
  at: number;
  held: { tokens: number; micros: number };
  /** What it counts as: what is held, the same as given up, or what it used. */
  state: "held" | "lost" | "settled";
  used: { tokens: number; micros: number };
  lease: KnownLease | null;
  /** Whether the guard has heard of it; else it counts as a part of its lease there. */
  isTold: boolean;
}

const LIMITS: fc.Arbitrary<Limits> = fc
  .record({
    requestsPerMinute: fc.option(fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 64, max: 400 }))),
    tokensPerMinute: fc.option(fc.oneof(fc.integer({ min: 50, max: 300 }), fc.integer({ min: 2_000, max: 20_000 }))),
    concurrency: fc.option(fc.integer({ min: 1, max: 4 }), { freq: 1 }),
    hour: fc.oneof(fc.integer({ min: 50, max: 500 }), fc.integer({ min: 2_000, max: 20_000 })),
    total: fc.oneof(fc.integer({ min: 100, max: 2_000 }), fc.integer({ min: 10_000, max: 100_000 })),
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
      ms: fc.oneof(
        fc.integer({ min: 1, max: 70_000 }),
        fc.integer({ min: 1, max: 600 }),
        fc.constantFrom(MINUTE, HOUR - 20 * MINUTE, HOUR),
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant("wish" as const),
      requests: fc.integer({ min: 4, max: 40 }),
      tokens: fc.integer({ min: 0, max: 60 }),
      micros: fc.integer({ min: 0, max: 2_000 }).map((thousandths) => thousandths / 1_000),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant("draw" as const),
      which: fc.nat(5),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant("giveBack" as const),
      which: fc.nat(5),
      times: fc.integer({ min: 1, max: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("edit" as const), limits: LIMITS }) },
  { weight: 1, arbitrary: fc.constant({ does: "restart" as const }) },
);

class Model {
  readonly requests: Known[] = [];
  readonly leases: KnownLease[] = [];
  limits: Limits;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  #sum(what: "tokens" | "micros", states: (Known["state"] | "back")[], since: number): number {
    const leased = this.leases
      .filter(({ state, at }) => states.includes(state) && at >= since)
      .reduce((sum, lease) => sum + Math.round(lease[what] * 1_000), 0);
    return this.requests
      .filter(({ state, at }) => states.includes(state) && at >= since)
      .reduce((sum, { state, held, used }) => {
        return sum + Math.round((state === "settled" ? used : held)[what] * 1_000);
      }, leased);
  }

  /** What counts for the rates of a minute: when, how many requests and tokens. */
  #minute(now: number): { requests: number; tokens: number } {
    const whens = [
      ...this.requests.map(({ at, lease, isTold, state, held, used }) => ({
        at: isTold || lease === null ? at : lease.at,
        requests: 1,
        tokens: (state === "settled" ? used : held).tokens,
      })),
      ...this.leases.filter(({ state }) => state !== "back"),
    ].filter(({ at }) => at > now - MINUTE);
    const sum = (what: "requests" | "tokens"): number => whens.reduce((all, one) => all + one[what], 0);
    return { requests: sum("requests"), tokens: sum("tokens") };
  }

  /** Whether a lease leaves room: a sixteenth of what is left at most. */
  mayLease({ requests, tokens: leased, nanos }: Lease, now: number): boolean {
    const { requestsPerMinute, tokensPerMinute, concurrency, budgets } = this.limits;
    const minute = this.#minute(now);
    const wants = [leased * 1_000, nanos];
    const fits = this.standing(now).every(({ used, held }, index) => {
      const limit = (budgets[index]?.tokens ?? Math.round((budgets[index]?.usd ?? 0) * 1_000_000)) * 1_000;
      return (wants[index] ?? 0) * 16 <= Math.max(0, limit - used - held);
    });
    return (
      fits &&
      concurrency === null &&
      (requestsPerMinute === null || requests * 16 <= requestsPerMinute - minute.requests) &&
      (tokensPerMinute === null || leased * 16 <= Math.max(0, tokensPerMinute - minute.tokens))
    );
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
    const minute = this.#minute(now);
    const wants = [amounts.tokens * 1_000, Math.round(amounts.micros * 1_000)];
    const fits = [hour, total].every((budget, index) => {
      const limit = (budgets[index]?.tokens ?? Math.round((budgets[index]?.usd ?? 0) * 1_000_000)) * 1_000;
      const want = wants[index] ?? 0;
      return want === 0 || (budget?.used ?? 0) + (budget?.held ?? 0) + want <= limit;
    });
    return (
      fits &&
      (requestsPerMinute === null || minute.requests < requestsPerMinute) &&
      (tokensPerMinute === null || amounts.tokens === 0 || minute.tokens + amounts.tokens <= tokensPerMinute) &&
      (concurrency === null ||
        this.requests.filter(({ state, isTold }) => isTold && state === "held").length < concurrency)
    );
  }

  giveUpLost(now: number): void {
    for (const one of this.requests) {
      const at = one.isTold || one.lease === null ? one.at : one.lease.at;
      if (one.state === "held" && at + MINUTE <= now) one.state = "lost";
    }
    for (const lease of this.leases) {
      if (lease.state === "held" && lease.at + MINUTE <= now) Object.assign(lease, { state: "lost", wasLost: true });
    }
  }
}

async function ask(step: Step & { does: "ask" }, guard: TestGuard, model: Model, version: number): Promise<boolean> {
  const expected = model.mayGo(step, guard.now);
  const { answer, permit } = await guard.ask(step, { version });
  if (answer === "granted") {
    const held = { tokens: step.tokens, micros: step.micros };
    model.requests.push({ permit, at: guard.now, held, state: "held", used: held, lease: null, isTold: true });
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
  const { permit, held, lease, at } = one;
  const leased = lease === null ? {} : { leased: { lease: lease.name, estimate: held, afterMs: at - lease.at } };
  await guard.settle(
    ...Array.from({ length: step.times }, () => settlementOf(permit, used, { ...leased, entry: { at } })),
  );
  // What is told of a lease this late counts as lost already.
  const isLate = lease !== null && !one.isTold && guard.now - lease.at >= REMEMBERED_MS;
  if (one.state !== "settled" && !isLate) Object.assign(one, { state: "settled", used, isTold: true });
}

async function wish(step: Step & { does: "wish" }, guard: TestGuard, model: Model, version: number): Promise<boolean> {
  const lease = await guard.wish(step.requests, step, { version });
  if (lease === null) return true;
  const isRight = model.mayLease(lease, guard.now);
  const { lease: name, requests, tokens: leased, nanos, forMs } = lease;
  const amounts = { requests, tokens: leased, micros: nanos / 1_000 };
  const times = { at: guard.now, endsAt: guard.now + forMs };
  model.leases.push({ name, ...times, ...amounts, state: "held", wasLost: false });
  return isRight && Math.floor(times.at / HOUR) === Math.floor((times.endsAt - 1) / HOUR);
}

function draw(step: Step & { does: "draw" }, guard: TestGuard, model: Model): void {
  const open = model.leases.filter(
    ({ state, endsAt, requests }) => state === "held" && guard.now < endsAt && requests > 0,
  );
  const lease = open[step.which % Math.max(1, open.length)];
  if (lease === undefined) return;
  const held = {
    tokens: Math.floor((lease.tokens * step.share) / 2),
    micros: Math.floor(lease.micros * step.share * 500) / 1_000,
  };
  lease.requests -= 1;
  lease.tokens -= held.tokens;
  lease.micros = Math.round((lease.micros - held.micros) * 1_000) / 1_000;
  const permit = crypto.randomUUID();
  model.requests.push({ permit, at: guard.now, held, state: "held", used: held, lease, isTold: false });
}

async function giveBack(step: Step & { does: "giveBack" }, guard: TestGuard, model: Model): Promise<void> {
  const lease = model.leases[step.which % Math.max(1, model.leases.length)];
  if (lease === undefined || lease.state === "back") return;
  const isLate = guard.now - lease.at >= REMEMBERED_MS;
  const untold = model.requests.filter((one) => one.lease === lease && !one.isTold);
  const running = untold.map(({ permit, at, held }) => ({
    ...guard.asked(held, at - lease.at),
    permit,
  }));
  for (let time = 0; time < step.times; time++) await guard.giveBack(lease.name, ...running);
  if (isLate) return;
  for (const one of untold) Object.assign(one, { isTold: true, state: "held" });
  Object.assign(lease, { state: "back", requests: 0, tokens: 0, micros: 0 });
}

/** Does what happens to the guard to the model as well. @returns what differs between them; null: nothing */
async function differs(steps: readonly Step[]): Promise<string | null> {
  const first = limitsOf({ budgets: [tokens(6_000, "hour"), usd(0.02, "total")] });
  const guard = await TestGuard.of(first);
  const model = new Model(first);
  let version = 1;
  for (const [index, step] of steps.entries()) {
    if (step.does === "ask" && !(await ask(step, guard, model, version))) return `step ${index}: granted or not`;
    if (step.does === "settle") await settle(step, guard, model);
    if (step.does === "wish" && !(await wish(step, guard, model, version))) return `step ${index}: too much was leased`;
    if (step.does === "draw") draw(step, guard, model);
    if (step.does === "giveBack") await giveBack(step, guard, model);
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
  // What nobody told of counts as a part of its lease.
  const over = model.requests.filter(({ state, isTold }) => state === "settled" || (state === "lost" && isTold));
  const lost = model.leases.filter(({ wasLost }) => wasLost);
  const expected = model.standing(guard.now)[1]?.used;
  const { entries } = await guard.stub.requests({ before: null, limit: 1_000 });
  const logged = entries.reduce((sum, { micros }) => sum + Math.round((micros ?? 0) * 1_000), 0);
  const { total } = await guard.stub.usage({ tokenId: null, from: "2030-01-01", to: "2031-01-01", group: "day" });
  const sums = [logged, Math.round(total.micros * 1_000), total.requests - total.errors.limit];
  const wanted = [expected, expected, over.length + lost.length];
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
