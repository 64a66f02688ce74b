import { describe, it } from "vitest";
import { type Outcome, partOf, settlementOf } from "../../../../gateway/metering/entry.ts";
import type { Charge } from "../../../../gateway/metering/used.ts";
import type { Permit } from "../../../../gateway/stages/admit.ts";
import type { LimitStanding, RequestEntry } from "../../../../shared/usage.ts";
import { counts, meteredPermit } from "../../support/metering.ts";

const CHARGE: Charge = {
  once: null,
  usage: { counts: counts({ input: 10, output: 5 }), estimated: false, model: "served", tier: null, raw: { n: 15 } },
};
const priced = (micros: number | null): Permit["prices"] => ({
  ownersKnown: true,
  estimate: () => ({ tokens: 0, micros: 0, unpriced: null }),
  cost: () => micros,
});
const holding = (micros: number | null): Permit["reserved"] => ({ tokens: 100, micros });

const micros = (charge: Charge, change: Partial<Omit<Permit, "call">>): number | null =>
  settlementOf(meteredPermit("chat", change), { ended: "cut", status: 200 }, charge, 0).entry.micros;

describe("what the guard is told", () => {
  it("has the request, its usage, its money and its times", ({ expect }) => {
    const permit = meteredPermit("chat", {
      id: "permit-1",
      reserved: holding(500),
      openedAt: 1_000,
      answeredAt: 1_250,
      call: { model: "asked" },
      prices: priced(77),
    });
    expect(settlementOf(permit, { ended: "finished", status: 200 }, CHARGE, 4_000)).toEqual({
      granted: true,
      once: null,
      more: false,
      entry: {
        id: "permit-1",
        at: 1_000,
        provider: "openai",
        route: "openai",
        endpoint: "chat",
        model: "served",
        status: 200,
        refusedBy: null,
        code: null,
        error: null,
        counts: counts({ input: 10, output: 5 }),
        raw: { n: 15 },
        micros: 77,
        estimated: false,
        ttfbMs: 250,
        durationMs: 3_000,
      },
    });
  });

  it("of nothing has no counts, and the model that was asked for", ({ expect }) => {
    const permit = meteredPermit("chat", { openedAt: 1_000, call: { model: "asked" } });
    const { entry } = settlementOf(permit, { ended: "client_gone" }, null, 900);
    expect(entry).toMatchObject({ model: "asked", counts: null, micros: null, raw: {}, ttfbMs: null, durationMs: 0 });
  });

  it("of an estimate is no more money than the guard held", ({ expect }) => {
    const guess = { ...CHARGE, usage: { ...CHARGE.usage, estimated: true } };
    expect(micros(guess, { reserved: holding(500), prices: priced(900) })).toBe(500);
    expect(micros(CHARGE, { reserved: holding(500), prices: priced(900) })).toBe(900);
    expect(micros(guess, { reserved: null, prices: priced(900) })).toBe(900);
    expect(micros(guess, { reserved: holding(500), prices: priced(null) })).toBe(null);
    expect(micros(guess, { reserved: holding(null), prices: priced(900) })).toBe(900);
  });

  it("of something unpriced is what was held, where a budget in dollars has to be kept", ({ expect }) => {
    const budget = { unit: "usd", per: "day", limit: 1, used: 0, reserved: 0, left: 1, resetsAt: null, warnAt: null };
    const budgets = [budget, { ...budget, unit: "tokens" }] as LimitStanding["budgets"];
    const standing: LimitStanding = { requestsPerMinute: null, tokensPerMinute: null, concurrency: null, budgets };
    const told = (change: Partial<Omit<Permit, "call">>): Pick<RequestEntry, "micros" | "estimated"> => {
      const permit = meteredPermit("chat", { reserved: holding(500), standing, prices: priced(null), ...change });
      const { micros: money, estimated } = settlementOf(permit, { ended: "finished", status: 200 }, CHARGE, 0).entry;
      return { micros: money, estimated };
    };
    expect(told({})).toEqual({ micros: 500, estimated: true });
    // Nothing was held where the owner allows what is unpriced; and tokens have no price to keep.
    expect(told({ reserved: holding(null) })).toEqual({ micros: null, estimated: false });
    expect(told({ standing: { ...standing, budgets: budgets.slice(1) } })).toEqual({ micros: null, estimated: false });
  });

  it("of a part names its place, and that more follows", ({ expect }) => {
    const permit = meteredPermit("realtime", { id: "permit-2", reserved: holding(0), openedAt: 5 });
    const { entry, more, granted, once } = partOf(
      permit,
      { ...CHARGE, once: "batch:b:1" },
      { place: 3, since: 20, status: 101 },
      120,
    );
    expect([entry.id, entry.at, entry.durationMs, entry.ttfbMs, more, granted, once]).toEqual([
      "permit-2.3",
      20,
      100,
      null,
      true,
      true,
      "batch:b:1",
    ]);
  });
});

type Verdict = Pick<RequestEntry, "status" | "refusedBy" | "code" | "error">;
const ok = (status: number): Verdict => ({ status, refusedBy: null, code: null, error: null });

describe("every way out has its kind of error", () => {
  for (const [name, outcome, expected] of [
    ["an answer", { ended: "answered", status: 200 }, ok(200)],
    ["a redirect", { ended: "answered", status: 304 }, ok(304)],
    ["a followed answer", { ended: "finished", status: 200 }, ok(200)],
    [
      "a provider's limit",
      { ended: "answered", status: 429 },
      { status: 429, refusedBy: "provider", code: "provider_error", error: "providerBusy" },
    ],
    [
      "an overloaded provider",
      { ended: "answered", status: 529 },
      { status: 529, refusedBy: "provider", code: "provider_error", error: "providerBusy" },
    ],
    [
      "a provider's refusal",
      { ended: "answered", status: 404 },
      { status: 404, refusedBy: "provider", code: "provider_error", error: "providerRefused" },
    ],
    [
      "a provider's fault",
      { ended: "answered", status: 500 },
      { status: 500, refusedBy: "provider", code: "provider_error", error: "providerFailed" },
    ],
    [
      "an answer that broke off",
      { ended: "failed", status: 200 },
      { status: 200, refusedBy: null, code: "failed", error: "providerFailed" },
    ],
    ["a cut one", { ended: "cut", status: 200 }, { status: 200, refusedBy: null, code: "cut", error: "cut" }],
    [
      "a client that left in the middle",
      { ended: "client_gone", status: 200 },
      { status: 200, refusedBy: null, code: "client_gone", error: "clientGone" },
    ],
    [
      "a client that left before",
      { ended: "client_gone" },
      { status: 499, refusedBy: null, code: "client_gone", error: "clientGone" },
    ],
    [
      "a fault of the gateway's",
      { ended: "failed" },
      { status: 500, refusedBy: null, code: "failed", error: "gateway" },
    ],
    [
      "a provider that can't be reached",
      { ended: "refused", code: "provider_unreachable", status: 503 },
      { status: 503, refusedBy: "gateway", code: "provider_unreachable", error: "gateway" },
    ],
    [
      "a limit",
      { ended: "refused", code: "budget_used_up", status: 429 },
      { status: 429, refusedBy: "gateway", code: "budget_used_up", error: "limit" },
    ],
    [
      "a rule",
      { ended: "refused", code: "misplaced_token", status: 400 },
      { status: 400, refusedBy: "gateway", code: "misplaced_token", error: "policy" },
    ],
    ["a socket", { ended: "socket_closed", by: "holder", code: 1000 }, ok(101)],
    ["a socket that the holder lost", { ended: "socket_closed", by: "holder", code: 1006 }, ok(101)],
    ["a socket that the provider closed", { ended: "socket_closed", by: "provider", code: 1000 }, ok(101)],
    [
      "a socket that the provider lost",
      { ended: "socket_closed", by: "provider", code: 1006 },
      { status: 101, refusedBy: null, code: "closed_1006", error: "providerFailed" },
    ],
    [
      "a socket that was cut",
      { ended: "socket_closed", by: "gateway", code: 1008 },
      { status: 101, refusedBy: null, code: "cut", error: "cut" },
    ],
  ] as [string, Outcome, Verdict][]) {
    it(`such as ${name}`, ({ expect }) => {
      expect(settlementOf(meteredPermit("chat"), outcome, null, 0).entry).toMatchObject(expected);
    });
  }
});
