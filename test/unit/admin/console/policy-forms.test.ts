import { describe, it } from "vitest";
import { windowFrom } from "../../../../admin/console/hours.ts";
import { policySentence } from "../../../../admin/console/policy-sentence.ts";
import { enteredPolicy, valuesOfPolicy } from "../../../../admin/console/policy-values.ts";
import { budgetText, percentOf, windowText } from "../../../../admin/registry/policy-words.ts";
import { OPEN_POLICY, type Policy } from "../../../../shared/policy.ts";
import { policyForm } from "./policy-form.ts";

describe("hours in a line", () => {
  for (const [line, days, from, to] of [
    ["mon-fri 09:00-17:00", ["mon", "tue", "wed", "thu", "fri"], "09:00", "17:00"],
    ["sat,sun 22:00-02:00", ["sat", "sun"], "22:00", "02:00"],
    ["Sat, Sun 9:00 – 24:00", ["sat", "sun"], "09:00", "24:00"],
    ["fri-mon 00:00-24:00", ["fri", "sat", "sun", "mon"], "00:00", "24:00"],
    ["Monday-Tuesday,friday 1:30-2:00", ["mon", "tue", "fri"], "01:30", "02:00"],
    ["wed 10:00-11:00", ["wed"], "10:00", "11:00"],
    // Whether there is such a time of day is for the schema to say.
    ["wed 10:00-31:99", ["wed"], "10:00", "31:99"],
  ] as const) {
    it(`understands ${line}`, ({ expect }) => {
      expect(windowFrom(line)).toEqual({ days, from, to });
    });
  }

  for (const line of [
    "",
    "mon",
    "09:00-17:00",
    "mon 9-17",
    "mon-tue-wed 09:00-17:00",
    "xyz 09:00-17:00",
    "mon, 09:00-17:00",
  ]) {
    it(`doesn't guess at “${line}”`, ({ expect }) => {
      expect(windowFrom(line)).toBeNull();
    });
  }

  it("are written as they are read", ({ expect }) => {
    const lines = ["mon-fri 09:00-17:00", "sat,sun 22:00-02:00", "mon,wed-sun 00:00-24:00", "tue 01:00-02:00"];
    expect(lines.map((line) => windowText(windowFrom(line) ?? { days: [], from: "", to: "" }))).toEqual(lines);
  });
});

const WHOLE: Policy = {
  models: { openai: ["gpt-*", "o4"], gemini: ["a", "b", "c", "d"] },
  endpoints: "all",
  activeHours: { timeZone: "Europe/Berlin", windows: [{ days: ["mon", "tue", "wed"], from: "09:00", to: "17:00" }] },
  networks: ["203.0.113.0/24"],
  countries: ["DE", "FR"],
  limits: {
    requestsPerMinute: 60,
    tokensPerMinute: null,
    concurrency: 2,
    queueSeconds: 0,
    budgets: [
      { usd: 12.5, per: "month", warnAt: 0.29 },
      { tokens: 1000, per: "total", warnAt: null },
    ],
  },
  allowUnpriced: true,
  holderMay: ["rotate"],
};

describe("a policy in a form", () => {
  it("comes back as it was shown", ({ expect }) => {
    for (const policy of [WHOLE, OPEN_POLICY]) {
      expect(enteredPolicy(new URLSearchParams(policyForm(policy)))).toEqual(valuesOfPolicy(policy));
    }
  });

  it("has empty rows for more budgets, and never more than twenty", ({ expect }) => {
    const many = Array.from({ length: 20 }, () => ({ usd: 1, per: "day" as const, warnAt: null }));
    const rows = (budgets: typeof many): number =>
      valuesOfPolicy({
        ...WHOLE,
        limits: {
          ...(WHOLE.limits ?? { requestsPerMinute: null, tokensPerMinute: null, concurrency: null, queueSeconds: 0 }),
          budgets,
        },
      }).budgets.length;
    expect([0, 1, 2, 3, 20].map((length) => rows(many.slice(0, length)))).toEqual([3, 3, 4, 5, 20]);
  });

  it("shows a share as the percentage that was typed", ({ expect }) => {
    for (let percent = 1; percent < 100; percent++) expect(percentOf(percent / 100)).toBe(percent);
    expect(budgetText({ usd: 1, per: "day", warnAt: 0.57 })).toBe("1 USD per day, warning at 57 %");
  });
});

describe("a policy in a sentence", () => {
  it("says what it opens", ({ expect }) => {
    expect(policySentence(OPEN_POLICY, ["openai", "gemini"])).toBe(
      "May use every model of OpenAI and Google Gemini, for answers of models only, at any time, from everywhere, without a limit.",
    );
    expect(policySentence(WHOLE, ["openai", "anthropic", "gemini"])).toBe(
      "May use every model of Anthropic; gpt-* and o4 of OpenAI; 4 patterns of models of Google Gemini, on all endpoints, " +
        "only mon-wed 09:00-17:00 (Europe/Berlin), only from 203.0.113.0/24 that are also from DE and FR, " +
        "with at most 12.5 USD per month, 1000 tokens in total, 60 requests per minute and 2 requests at the same time.",
    );
  });
});
