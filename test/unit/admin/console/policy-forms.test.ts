import * as fc from "fast-check";
import { describe, it } from "vitest";
import { policyInput } from "../../../../admin/api/policy-schemas.ts";
import { COUNTRY_CODES } from "../../../../admin/api/countries.ts";
import { countryCode, countryName } from "../../../../admin/console/countries.ts";
import { policyInputFrom } from "../../../../admin/console/forms.ts";
import { soundRules } from "../../../../admin/console/policy-forms.ts";
import { enteredPolicy, valuesOfPolicy } from "../../../../admin/console/policy-values.ts";
import { budgetText, percentOf } from "../../../../admin/registry/policy-words.ts";
import { BUDGET_PERIODS, ENDPOINT_CLASSES, HOLDER_ACTIONS, OPEN_POLICY, WEEKDAYS } from "../../../../shared/policy.ts";
import { hourFields, pairsOf, policyForm } from "./policy-form.ts";

const clock = (last: number) =>
  fc.integer({ min: 0, max: last }).map((minutes) => {
    const [hour, minute] = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0"));
    return `${hour}:${minute}`;
  });
const glob = fc.stringMatching(/^[a-z0-9][a-z0-9.*?-]{0,20}$/);
const globs = fc.uniqueArray(glob, { minLength: 1, maxLength: 8 });
const orNull = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: null });
const amount = fc.oneof(
  fc.record({ usd: fc.integer({ min: 1, max: 1e14 }).map((micros) => micros / 1e6) }),
  fc.record({ tokens: fc.integer({ min: 1, max: 1e12 }) }),
);
const warnAt = orNull(fc.integer({ min: 1, max: 9999 }).map((part) => part / 10_000));
const budget = fc
  .tuple(amount, fc.constantFrom(...BUDGET_PERIODS), warnAt)
  .map(([of, per, share]) => ({ ...of, per, warnAt: share }));
const network = fc.oneof(
  fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([address, bits]) => `${address}/${bits}`),
  fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })).map(([address, bits]) => `${address}/${bits}`),
  fc.ipV4(),
);

/** What an owner may send to the API; what the API makes of it is a policy. */
const input = fc.record({
  models: orNull(fc.record({ openai: globs, anthropic: globs, gemini: globs }, { requiredKeys: [] })),
  endpoints: fc.constantFrom(...ENDPOINT_CLASSES),
  activeHours: orNull(
    fc.record({
      timeZone: fc.constantFrom("UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"),
      windows: fc.array(
        fc
          .record({
            days: fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1 }),
            from: clock(1439),
            to: clock(1440),
          })
          .filter(({ from, to }) => from !== to),
        { minLength: 1, maxLength: 6 },
      ),
    }),
  ),
  networks: orNull(fc.uniqueArray(network, { minLength: 1, maxLength: 6 })),
  countries: orNull(fc.uniqueArray(fc.constantFrom(...COUNTRY_CODES), { minLength: 1, maxLength: 20 })),
  limits: orNull(
    fc
      .record({
        requestsPerMinute: orNull(fc.integer({ min: 1, max: 1e6 })),
        tokensPerMinute: orNull(fc.integer({ min: 1, max: 1e12 })),
        concurrency: orNull(fc.integer({ min: 1, max: 1000 })),
        queueSeconds: fc.integer({ min: 0, max: 60 }),
        budgets: fc.uniqueArray(budget, {
          maxLength: 10,
          selector: (one) => `${"usd" in one ? "usd" : "tokens"} ${one.per}`,
        }),
      })
      .map(({ queueSeconds, ...rest }) => ({ ...rest, ...(rest.concurrency !== null && { queueSeconds }) })),
  ),
  allowUnpriced: fc.boolean(),
  holderMay: fc.subarray([...HOLDER_ACTIONS]),
});

describe("a policy in a form", () => {
  it("comes back as it was, whatever it says", ({ expect }) => {
    fc.assert(
      fc.property(input, (rules) => {
        const policy = policyInput.parse({ name: "x", ...rules }).rules;
        const form = new URLSearchParams([["name", "x"], ...policyForm(policy)]);
        expect(policyInputFrom(form)).toEqual({ ok: true, input: { name: "x", rules: policy } });
        expect(enteredPolicy(form)).toEqual(valuesOfPolicy(policy));
        expect(soundRules(enteredPolicy(form))).toEqual(policy);
      }),
      { numRuns: 300 },
    );
  });

  it("never breaks on what is typed, and keeps all of it", ({ expect }) => {
    const names = policyForm(OPEN_POLICY).map(([name]) => name);
    const typed = fc.array(fc.tuple(fc.constantFrom(...names), fc.string({ maxLength: 30 })), { maxLength: 30 });
    fc.assert(
      fc.property(typed, (pairs) => {
        const checked = policyInputFrom(new URLSearchParams([["name", "x"], ...pairs]));
        if (!checked.ok) for (const { field, message } of checked.errors) expect([field, message]).not.toContain("");
        const again = enteredPolicy(new URLSearchParams(pairs));
        expect(again.networks).toEqual(
          [...new Set(pairs.filter(([name]) => name === "networks").flatMap(([, text]) => text.split(/[\n,;]/)))]
            .map((entry) => entry.trim())
            .filter((entry, index, all) => entry !== "" && all.indexOf(entry) === index),
        );
      }),
    );
  });

  const FORM = { endpoints: "inference", holderMay: [] };
  const entered = (fields: Record<string, string | string[]>) =>
    policyInputFrom(new URLSearchParams([["name", "x"], ...pairsOf({ ...FORM, ...fields })]));

  for (const [typed, usd] of [
    ["1,000,000", 1_000_000],
    ["$ 12.50", 12.5],
    [" 7 ", 7],
  ] as const) {
    it(`takes ${typed} for ${usd}`, ({ expect }) => {
      const checked = entered({ budgetAmount: typed, budgetUnit: "usd", budgetPer: "month", budgetWarnAt: "" });
      expect(checked).toMatchObject({ input: { rules: { limits: { budgets: [{ usd }] } } } });
    });
  }

  it("doesn't take a comma for a point", ({ expect }) => {
    const checked = entered({ budgetAmount: "12,5", budgetUnit: "usd", budgetPer: "month", budgetWarnAt: "" });
    const message = "This has to be an amount of US dollars, like 12.5.";
    expect(checked).toEqual({ ok: false, errors: [{ field: "budget.0.amount", message }] });
  });

  it("takes midnight for the end of a day, and a whole day", ({ expect }) => {
    const hours = hourFields([{ days: ["sat"], from: "00:00", to: "00:00" }]);
    expect(entered({ ...(hours as Record<string, string | string[]>), timeZone: "UTC" })).toMatchObject({
      input: { rules: { activeHours: { windows: [{ days: ["sat"], from: "00:00", to: "24:00" }] } } },
    });
  });

  it("leaves out of the sound rules what isn't right, and nothing else", ({ expect }) => {
    const values = { ...valuesOfPolicy(OPEN_POLICY), networks: ["home"], countries: ["Germany"] };
    expect(soundRules(values)).toEqual({ ...OPEN_POLICY, networks: undefined, countries: ["DE"] });
    expect("networks" in soundRules(values)).toBe(false);
  });

  it("shows a share as the percentage that was typed", ({ expect }) => {
    for (let percent = 1; percent < 100; percent++) expect(percentOf(percent / 100)).toBe(percent);
    expect(budgetText({ usd: 1, per: "day", warnAt: 0.57 })).toBe("1 USD per day, warning at 57 %");
  });
});

describe("a country", () => {
  it("is found by the name that is shown for it, each one", ({ expect }) => {
    for (const code of COUNTRY_CODES) expect([code, countryCode(countryName(code))]).toEqual([code, code]);
  });

  for (const [text, code] of [
    ["de", "DE"],
    ["GERMANY", "DE"],
    ["cote d'ivoire", "CI"],
    ["Türkiye", "TR"],
    ["Turkey", "TR"],
    ["UK", "GB"],
    ["Kosovo", "XK"],
    ["Italia", null],
    ["constructor", null],
    ["", null],
    ["ZZ", null],
  ] as const) {
    it(`“${text}” is ${code}`, ({ expect }) => expect(countryCode(text)).toBe(code));
  }
});
