import { createExecutionContext, reset, waitOnExecutionContext } from "cloudflare:test";
import { afterEach, describe, it, vi } from "vitest";
import { bindingsOf } from "../../../gateway/bindings.ts";
import type { Call } from "../../../gateway/call.ts";
import { Guard, guardName } from "../../../gateway/guard/guard.ts";
import { forgetAll } from "../../../gateway/lookup.ts";
import type { Answer, Ask } from "../../../gateway/permits.ts";
import type { Prices } from "../../../gateway/pricing/prices.ts";
import { Refused } from "../../../gateway/refusals.ts";
import { admit } from "../../../gateway/stages/admit.ts";
import type { Authorized } from "../../../gateway/stages/authorize.ts";
import { forgetTelling } from "../../../gateway/telling.ts";
import type { TokenRecord } from "../../../shared/record.ts";
import { control, gatewayEnv, makeToken } from "../support/gateway.ts";
import { limitsOf, settlementOf, tokens, usd } from "../support/guards.ts";
import { callOf } from "../support/pricing.ts";

afterEach(async () => {
  vi.restoreAllMocks();
  forgetAll();
  forgetTelling();
  await reset();
});

const bindings = bindingsOf(gatewayEnv);
const CALL = callOf("gpt-4o");

/** Prices by which every call costs the same. */
const pricesOf = (estimate: ReturnType<Prices["estimate"]>, ownersKnown = true): Prices => ({
  ownersKnown,
  estimate: () => estimate,
  cost: () => null,
});
const CHEAP = pricesOf({ tokens: 10, micros: 5, unpriced: null });
const UNPRICED = pricesOf({ tokens: 10, micros: null, unpriced: "the model x" });

/** A token that its guard knows. */
async function authorized(change: Partial<TokenRecord>): Promise<Authorized> {
  const { record, hash } = await makeToken(change);
  await control.apply(record);
  return { record, hash, provider: "openai", route: "openai", endpoint: null };
}

/** Admits a request, whose work behind the answer can be waited for. */
async function admitted(token: Authorized, prices = CHEAP, call: Call = CALL) {
  const context = createExecutionContext();
  const later = (work: Promise<void>): void => context.waitUntil(work);
  const permit = await admit(token, call, prices, { bindings, later, now: Date.now() });
  if ("newer" in permit) throw new Error("the record is old");
  return { permit, over: () => waitOnExecutionContext(context) };
}

async function refusalOf(token: Authorized, prices = CHEAP): Promise<Pick<Refused, "refusal" | "tokenId">> {
  try {
    await admitted(token, prices);
  } catch (error) {
    if (error instanceof Refused) return { refusal: error.refusal, tokenId: error.tokenId };
    throw error;
  }
  throw new Error("it was admitted");
}

const guardOf = ({ record }: Authorized) => gatewayEnv.GUARD.getByName(guardName(record.id));

describe("admission of a token without limits", () => {
  it("asks nobody, and tells the guard behind the request", async ({ expect }) => {
    const asked = vi.spyOn(Guard.prototype, "admit");
    for (const limits of [null, limitsOf({ queueSeconds: 5 })]) {
      const token = await authorized({ limits });
      const { permit, over } = await admitted(token, UNPRICED);
      expect(permit).toMatchObject({ reserved: null, standing: null, tokenId: token.record.id });
      permit.tell(settlementOf(permit.id, { tokens: 3 }, { granted: false }));
      await over();
      expect((await guardOf(token).requests({ before: null, limit: 9 })).entries).toMatchObject([{ id: permit.id }]);
    }
    expect(asked).not.toHaveBeenCalled();
  });
});

describe("admission of a token with limits", () => {
  it("asks its guard once, and holds the estimate until it is settled", async ({ expect }) => {
    const asked = vi.spyOn(Guard.prototype, "admit");
    const token = await authorized({ limits: limitsOf({ budgets: [usd(1)], concurrency: 1 }) });
    const { permit, over } = await admitted(token);
    expect(permit).toMatchObject({
      reserved: { tokens: expect.any(Number) },
      standing: { budgets: [{ reserved: 5 }] },
    });
    permit.tell(settlementOf(permit.id, { micros: 4 }));
    await over();
    expect((await guardOf(token).activity()).standing?.budgets).toMatchObject([{ used: 4, reserved: 0 }]);
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it("takes along what is still to be told, so that nothing is held by what is over", async ({ expect }) => {
    const told = vi.spyOn(Guard.prototype, "settle");
    const token = await authorized({ limits: limitsOf({ concurrency: 1 }) });
    for (let count = 0; count < 3; count++) {
      const { permit } = await admitted(token);
      permit.tell(settlementOf(permit.id));
    }
    expect(told).not.toHaveBeenCalled();
  });

  it("refuses with the guard's own facts, and names the token", async ({ expect }) => {
    const token = await authorized({ limits: limitsOf({ budgets: [tokens(9)] }) });
    expect(await refusalOf(token)).toEqual({
      refusal: {
        code: "budget_used_up",
        unit: "tokens",
        per: "total",
        limit: 9,
        left: 9,
        needed: 10,
        resetsAt: null,
      },
      tokenId: token.record.id,
    });
  });

  it("under a budget in dollars refuses what has no price, unless the owner allows it", async ({ expect }) => {
    const limits = limitsOf({ budgets: [usd(1)] });
    const token = await authorized({ limits });
    expect(await refusalOf(token, UNPRICED)).toEqual({
      refusal: { code: "unpriced", what: "the model x" },
      tokenId: token.record.id,
    });
    // It may have a price of the owner's, which couldn't be read.
    const unread = pricesOf({ tokens: 10, micros: null, unpriced: "the model x" }, false);
    expect((await refusalOf(token, unread)).refusal).toEqual({ code: "token_check_unavailable" });
    const allowed = await authorized({ limits, allowUnpriced: true });
    const { permit } = await admitted(allowed, UNPRICED);
    expect(permit.standing?.budgets).toMatchObject([{ used: 0, reserved: 0 }]);
    const inTokens = await authorized({ limits: limitsOf({ budgets: [tokens(100)] }) });
    expect((await admitted(inTokens, UNPRICED)).permit.reserved).toMatchObject({ micros: null });
  });

  it("by an old record ends with the newer one", async ({ expect }) => {
    const token = await authorized({ limits: limitsOf({ concurrency: 1 }) });
    await control.apply({ ...token.record, version: 2, label: "renamed" });
    const desk = { bindings, later: () => undefined, now: Date.now() };
    expect(await admit(token, CALL, CHEAP, desk)).toMatchObject({ newer: { version: 2, label: "renamed" } });
  });

  it("holds a guard that was never told of the token to the limits all the same", async ({ expect }) => {
    const { record, hash } = await makeToken({ limits: limitsOf({ budgets: [tokens(15)] }) });
    const token: Authorized = { record, hash, provider: "openai", route: "openai", endpoint: null };
    expect((await admitted(token)).permit.reserved).not.toBe(null);
    expect((await refusalOf(token)).refusal.code).toBe("budget_used_up");
  });
});

/** What the guard really does. */
const grant = Object.getOwnPropertyDescriptor(Guard.prototype, "admit")?.value as (
  this: Guard,
  ask: Ask,
) => Promise<Answer>;

async function loseAnswer(this: Guard, ask: Ask): Promise<Answer> {
  await grant.call(this, ask);
  throw new Error("the answer got lost");
}

describe("admission where the guard fails", () => {
  it("once asks again, and gets the permit that was granted", async ({ expect }) => {
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const token = await authorized({ limits: limitsOf({ concurrency: 1 }) });
    vi.spyOn(Guard.prototype, "admit").mockImplementationOnce(loseAnswer);
    const { permit } = await admitted(token);
    expect(permit.standing?.concurrency?.running).toBe(1);
  });

  it("again and again refuses with 503, and gives back what may have been granted", async ({ expect }) => {
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const token = await authorized({ limits: limitsOf({ concurrency: 1 }) });
    vi.spyOn(Guard.prototype, "admit").mockImplementation(loseAnswer);
    // Whose token it was, the guard is told just so: no one else has to.
    expect(await refusalOf(token)).toEqual({ refusal: { code: "token_check_unavailable" }, tokenId: null });
    const guard = guardOf(token);
    await expect.poll(async () => (await guard.activity()).standing?.concurrency?.running).toBe(0);
    expect((await guard.requests({ before: null, limit: 9 })).entries).toMatchObject([
      { code: "token_check_unavailable", error: "gateway", refusedBy: "gateway", status: 503 },
    ]);
  });
});
