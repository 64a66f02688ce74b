import { describe, it } from "vitest";
import { payloadOf } from "../../../../gateway/ledger/payload.ts";
import type { BudgetStanding } from "../../../../shared/usage.ts";
import { NOON } from "../../support/ledgers.ts";

const TOKEN = { id: "aaaaaaaaaa", label: "alice" };
const DOLLARS: BudgetStanding = {
  unit: "usd",
  per: "day",
  limit: 5_000_000,
  used: 4_000_000.4,
  reserved: 0,
  left: 999_999.6,
  resetsAt: NOON + 1_000,
  warnAt: 0.8,
};

const dataOf = (notice: Parameters<typeof payloadOf>[0]): unknown => JSON.parse(payloadOf(notice)).data;

describe("what a webhook is told", () => {
  it("of a budget in dollars: whole micro-dollars, and the same in dollars", ({ expect }) => {
    expect(dataOf({ id: "n", at: NOON, type: "budget.warning", token: TOKEN, budget: DOLLARS })).toEqual({
      token: TOKEN,
      budget: {
        unit: "usd",
        per: "day",
        limit: { micros: 5_000_000, usd: "5.000000" },
        used: { micros: 4_000_000, usd: "4.000000" },
        reserved: { micros: 0, usd: "0.000000" },
        left: { micros: 1_000_000, usd: "1.000000" },
        resetsAt: "2030-01-02T12:00:01.000Z",
        warnAt: 0.8,
      },
    });
  });

  it("of a budget in tokens: tokens; of one that never begins anew: no time", ({ expect }) => {
    const budget: BudgetStanding = { ...DOLLARS, unit: "tokens", per: "total", used: 6_000_000, resetsAt: null };
    expect(dataOf({ id: "n", at: NOON, type: "budget.used_up", token: TOKEN, budget })).toMatchObject({
      budget: { unit: "tokens", limit: 5_000_000, used: 6_000_000, resetsAt: null },
    });
  });

  it("of a provider key: whose it is and what the provider answered", ({ expect }) => {
    expect(dataOf({ id: "n", at: NOON, type: "provider_key.rejected", provider: "openai", status: 401 })).toEqual({
      provider: "openai",
      status: 401,
    });
  });
});
