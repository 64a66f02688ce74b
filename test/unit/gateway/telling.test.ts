import { createExecutionContext, reset, waitOnExecutionContext } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { bindingsOf } from "../../../gateway/bindings.ts";
import { Guard } from "../../../gateway/guard/guard.ts";
import { partId, type Settlement } from "../../../gateway/permits.ts";
import { forgetTelling, takeAlong, tellGuard } from "../../../gateway/telling.ts";
import { newTokenId } from "../../../shared/token.ts";
import { gatewayEnv } from "../support/gateway.ts";
import { settlementOf } from "../support/guards.ts";

/** What the guard was told, call by call. */
let calls: string[][] = [];
/** How many of the next calls fail. */
let failures = 0;
let lines: { event: string; count: number; token: string }[] = [];

beforeEach(() => {
  calls = [];
  failures = 0;
  lines = [];
  vi.spyOn(Guard.prototype, "settle").mockImplementation(async (settlements: readonly Settlement[]) => {
    calls.push(settlements.map(({ entry }) => entry.id));
    if (failures-- > 0) throw new Error("the guard restarts");
    return null;
  });
  for (const level of ["warn", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((line: string) => {
      lines.push(JSON.parse(line) as (typeof lines)[number]);
    });
  }
});

afterEach(async () => {
  vi.restoreAllMocks();
  forgetTelling();
  await reset();
});

const bindings = bindingsOf(gatewayEnv);
const ungranted = (id: string) => settlementOf(id, {}, { granted: false });

/** A request that tells something, and what it leaves behind its answer. */
function request() {
  const context = createExecutionContext();
  const kept: Promise<void>[] = [];
  const later = (work: Promise<void>): void => {
    kept.push(work);
    context.waitUntil(work);
  };
  return { later, kept, over: () => waitOnExecutionContext(context) };
}

describe("what several requests tell a guard", () => {
  it("goes in one call, behind the first of them", async ({ expect }) => {
    const token = newTokenId();
    const [first, second] = [request(), request()];
    tellGuard(bindings, token, ungranted("a"), first.later);
    tellGuard(bindings, token, ungranted("b"), second.later);
    expect(calls).toEqual([]);
    expect(second.kept).toEqual([]);
    await first.over();
    expect(calls).toEqual([["a", "b"]]);
  });

  it("goes to each guard apart, and at most 100 at once", async ({ expect }) => {
    const [one, other] = [newTokenId(), newTokenId()];
    const { later, over } = request();
    for (let count = 0; count < 150; count++) tellGuard(bindings, one, ungranted(`${count}`), later);
    tellGuard(bindings, other, ungranted("x"), later);
    await over();
    expect(calls.map(({ length }) => length).toSorted((a, b) => a - b)).toEqual([1, 50, 100]);
  });

  it("goes sooner where the guard granted something: others may wait for it", async ({ expect }) => {
    const { later, over } = request();
    const began = performance.now();
    tellGuard(bindings, newTokenId(), settlementOf("granted"), later);
    await over();
    expect(performance.now() - began).toBeLessThan(180);
    expect(calls).toEqual([["granted"]]);
  });

  it("is told again where the guard fails, all of it and in its order", async ({ expect }) => {
    failures = 2;
    const { later, over } = request();
    const token = newTokenId();
    tellGuard(bindings, token, ungranted("a"), later);
    tellGuard(bindings, token, ungranted("b"), later);
    await over();
    expect(calls).toEqual([
      ["a", "b"],
      ["a", "b"],
      ["a", "b"],
    ]);
    expect(lines.map(({ event }) => event)).toEqual(["settle_failed", "settle_failed"]);
    // Nothing is left, and the next one finds somebody to tell it.
    const next = request();
    tellGuard(bindings, token, ungranted("c"), next.later);
    await next.over();
    expect(calls.at(-1)).toEqual(["c"]);
  });

  it("is given up after 25 s, and the log says how much of whose", async ({ expect }) => {
    failures = Infinity;
    const token = newTokenId();
    const { later, over } = request();
    tellGuard(bindings, token, ungranted("a"), later);
    tellGuard(bindings, token, ungranted("b"), later);
    const began = Date.now();
    vi.spyOn(Date, "now").mockImplementation(() => began + calls.length * 9_000);
    await over();
    expect(calls).toHaveLength(3);
    expect(lines.at(-1)).toEqual({ event: "settlements_lost", token, count: 2 });
  });

  it("is told by another request where the one that told has ended without a word", async ({ expect }) => {
    const token = newTokenId();
    // Its work is never run: the request was cancelled.
    tellGuard(bindings, token, ungranted("a"), () => undefined);
    const soon = request();
    tellGuard(bindings, token, ungranted("b"), soon.later);
    expect(soon.kept).toEqual([]);
    const began = Date.now();
    vi.spyOn(Date, "now").mockImplementation(() => began + 10_000);
    const next = request();
    tellGuard(bindings, token, ungranted("c"), next.later);
    await next.over();
    expect(calls).toEqual([["a", "b", "c"]]);
  });
});

describe("a guard from before leases", () => {
  it("is told once: that it answers nothing is no failure", async ({ expect }) => {
    vi.spyOn(Guard.prototype, "settle").mockImplementation(async (settlements: readonly Settlement[]) => {
      calls.push(settlements.map(({ entry }) => entry.id));
      // The cast: what the version before returned.
      return undefined as unknown as null;
    });
    const { later, over } = request();
    tellGuard(bindings, newTokenId(), ungranted("a"), later);
    await over();
    expect(calls).toEqual([["a"]]);
    expect(lines).toEqual([]);
  });
});

describe("what goes along with an ask", () => {
  it("is what waits, and isn't told twice", async ({ expect }) => {
    const token = newTokenId();
    const { later, over } = request();
    tellGuard(bindings, token, ungranted("a"), later);
    const along = takeAlong(bindings, token, 5_000, later);
    expect(along.settlements).toMatchObject([{ entry: { id: "a" } }]);
    expect(takeAlong(bindings, token, 5_000, later).settlements).toEqual([]);
    along.land(true);
    await over();
    expect(calls).toEqual([]);
  });

  it("is told by itself where the ask failed", async ({ expect }) => {
    const token = newTokenId();
    const { later, over } = request();
    tellGuard(bindings, token, ungranted("a"), later);
    const along = takeAlong(bindings, token, 5_000, later);
    await over();
    const { later: asker, over: asked } = request();
    tellGuard(bindings, token, ungranted("b"), asker);
    along.land(false);
    await asked();
    expect(calls.flat().toSorted()).toEqual(["a", "b"]);
  });

  it("is no part of a permit, nor what follows one", ({ expect }) => {
    const token = newTokenId();
    const { later } = request();
    tellGuard(bindings, token, settlementOf(partId("p", 1), {}, { more: true }), later);
    tellGuard(bindings, token, settlementOf("p"), later);
    tellGuard(bindings, token, settlementOf("q"), later);
    expect(takeAlong(bindings, token, 5_000, later).settlements).toMatchObject([{ entry: { id: "q" } }]);
  });
});
