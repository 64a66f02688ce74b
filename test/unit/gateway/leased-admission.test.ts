import { createExecutionContext, reset, waitOnExecutionContext } from "cloudflare:test";
import { afterEach, describe, it, vi } from "vitest";
import { bindingsOf } from "../../../gateway/bindings.ts";
import { Guard, guardName } from "../../../gateway/guard/guard.ts";
import { forgetAll } from "../../../gateway/lookup.ts";
import type { Prices } from "../../../gateway/pricing/prices.ts";
import { Refused } from "../../../gateway/refusals.ts";
import { admit, type Permit } from "../../../gateway/stages/admit.ts";
import type { Authorized } from "../../../gateway/stages/authorize.ts";
import { forgetTelling } from "../../../gateway/telling.ts";
import type { Limits } from "../../../shared/policy.ts";
import { control, gatewayEnv, makeToken } from "../support/gateway.ts";
import { limitsOf, settlementOf, tokens } from "../support/guards.ts";
import { callOf } from "../support/pricing.ts";

afterEach(async () => {
  vi.restoreAllMocks();
  forgetAll();
  forgetTelling();
  await reset();
});

const bindings = bindingsOf(gatewayEnv);
const EACH = 10;
const PRICES: Prices = {
  ownersKnown: true,
  estimate: () => ({ tokens: EACH, micros: 0, unpriced: null }),
  cost: () => null,
};

/** A token in use: asks for permits as requests do, each with work behind its answer. */
class HotToken {
  readonly granted: Permit[] = [];
  refusals = 0;
  readonly #token: Authorized;
  readonly #contexts: ExecutionContext[] = [];

  private constructor(token: Authorized) {
    this.#token = token;
  }

  static async of(limits: Partial<Limits>): Promise<HotToken> {
    const { record, hash } = await makeToken({ limits: limitsOf(limits) });
    await control.apply(record);
    return new HotToken({ record, hash, provider: "openai", route: "openai", endpoint: null });
  }

  get guard(): DurableObjectStub<Guard> {
    return gatewayEnv.GUARD.getByName(guardName(this.#token.record.id));
  }

  get record() {
    return this.#token.record;
  }

  /** One request. @returns its permit; null where it was refused */
  async ask(version = 1): Promise<Permit | null> {
    const context = createExecutionContext();
    this.#contexts.push(context);
    const later = (work: Promise<void>): void => context.waitUntil(work);
    const token = { ...this.#token, record: { ...this.record, version } };
    try {
      const permit = await admit(token, callOf("gpt-4o"), PRICES, { bindings, later, now: Date.now() });
      if ("newer" in permit) throw new Error("the record is old");
      this.granted.push(permit);
      return permit;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.refusals++;
      return null;
    }
  }

  /** One request that uses what was estimated. */
  async use(): Promise<void> {
    const permit = await this.ask();
    permit?.tell(settlementOf(permit.id, { tokens: EACH }, { ...(permit.leased && { leased: permit.leased }) }));
  }

  /** Uses it so often, some requests at a time, and waits in between as a provider would. */
  async useOften(waves: number, atOnce: number): Promise<void> {
    for (let wave = 0; wave < waves; wave++) {
      await Promise.all(Array.from({ length: atOnce }, () => this.use()));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Waits until all work behind the answers is done. */
  async over(): Promise<void> {
    for (const context of this.#contexts.splice(0)) await waitOnExecutionContext(context);
  }

  async budget() {
    return (await this.guard.activity()).standing?.budgets[0];
  }
}

describe("a hot token", () => {
  it("asks its guard for a few of its requests alone, counts each of them, and holds nothing in the end", async ({
    expect,
  }) => {
    const asked = vi.spyOn(Guard.prototype, "admit");
    const token = await HotToken.of({ requestsPerMinute: 1_000_000, budgets: [tokens(10_000_000)] });
    await token.useOften(60, 3);
    await token.over();
    expect(token.granted).toHaveLength(180);
    expect(asked.mock.calls.length).toBeLessThan(90);
    expect(token.granted.filter(({ leased }) => leased !== null).length).toBe(180 - asked.mock.calls.length);
    expect(await token.budget()).toMatchObject({ used: 180 * EACH, reserved: 0 });
    const { total } = await token.guard.usage({ tokenId: null, from: "2020-01-01", to: "2099-12-31", group: "day" });
    expect(total).toMatchObject({ requests: 180, counts: { input: 180 * EACH } });
  });

  it("spends its budget to the end and no further", async ({ expect }) => {
    const token = await HotToken.of({ budgets: [tokens(300 * EACH)] });
    await token.useOften(80, 5);
    await token.over();
    expect(token.granted.filter(({ leased }) => leased !== null).length).toBeGreaterThan(20);
    // Who comes back once nothing is held finds what is left.
    await token.useOften(20, 5);
    await token.over();
    expect(token.granted).toHaveLength(300);
    expect(token.refusals).toBe(200);
    expect(await token.budget()).toMatchObject({ used: 300 * EACH, reserved: 0, left: 0 });
  });

  it("with another record asks its guard at once", async ({ expect }) => {
    const token = await HotToken.of({ requestsPerMinute: 1_000_000 });
    await token.useOften(10, 3);
    expect((await token.ask())?.leased).not.toBeNull();
    await control.apply({ ...token.record, version: 2 });
    expect((await token.ask(2))?.leased).toBeNull();
    await token.over();
  });

  it("goes on where its guard gives no lease any more", async ({ expect }) => {
    const token = await HotToken.of({ requestsPerMinute: 1_000_000 });
    await token.useOften(10, 3);
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const settled = vi.spyOn(Guard.prototype, "settle").mockRejectedValue(new Error("the guard restarts"));
    await token.useOften(10, 3);
    settled.mockRestore();
    await token.over();
    expect(token.granted).toHaveLength(60);
    expect((await token.guard.activity()).standing?.requestsPerMinute?.left).toBe(1_000_000 - 60);
    expect((await token.guard.requests({ before: null, limit: 100 })).entries).toHaveLength(60);
  });
});
