import { describe, it } from "vitest";
import { foldWords } from "../../../../admin/console/folds.ts";
import { policySentence } from "../../../../admin/console/policy-sentence.ts";
import { presetPolicy } from "../../../../admin/console/presets.ts";
import { OPEN_POLICY, type Policy } from "../../../../shared/policy.ts";
import { PROVIDERS } from "../../../../shared/providers.ts";

const NOW = Date.parse("2026-11-21T10:00:00Z");
const SHUT = "files, batches and stored conversations stay shut.";

const WHOLE: Policy = {
  models: { openai: ["gpt-*", "o4"], gemini: ["a", "b", "c", "d"] },
  endpoints: "all",
  activeHours: { timeZone: "Europe/Berlin", windows: [{ days: ["mon", "tue", "wed"], from: "09:00", to: "17:00" }] },
  networks: ["203.0.113.0/24", "198.51.100.7/32"],
  countries: ["DE", "FR"],
  limits: {
    requestsPerMinute: 60,
    tokensPerMinute: null,
    concurrency: 2,
    queueSeconds: 1,
    budgets: [
      { usd: 12.5, per: "month", warnAt: 0.29 },
      { tokens: 1000, per: "total", warnAt: null },
    ],
  },
  allowUnpriced: true,
  holderMay: ["rotate", "revoke"],
};

describe("a policy in a sentence", () => {
  it("of which nothing was said, says what that means", ({ expect }) => {
    expect(policySentence(OPEN_POLICY, ["openai", "gemini"])).toBe(
      `The holder may use every model of OpenAI and Google Gemini, with no limit on what it costs; ${SHUT}`,
    );
  });

  it("says all that it opens", ({ expect }) => {
    expect(policySentence(WHOLE, PROVIDERS, { label: " anna ", expiresAt: null, now: NOW })).toBe(
      "anna may use every model of Anthropic, only gpt-* and o4 of OpenAI, and only 4 patterns of Google Gemini, " +
        "on Mondays, Tuesdays and Wednesdays from 9:00 to 17:00 (Berlin time), " +
        "from 203.0.113.0/24 or 198.51.100.7 and only in Germany or France, " +
        "up to $12.50 a month and 1,000 tokens in all, without an end; " +
        "files, batches and stored conversations are open too, also those of other tokens. " +
        "No more than 60 requests a minute and 2 at once (others wait up to 1 second). " +
        "Models without a known price cost nothing of a budget in dollars. " +
        "Whoever holds the token may give it a new secret and end it. You hear at 29 % of $12.50 a month.",
    );
  });

  it("reads like a person wrote it", ({ expect }) => {
    const policy: Policy = {
      ...presetPolicy("friend", "UTC"),
      activeHours: presetPolicy("class", "Europe/Berlin").activeHours,
      holderMay: [],
    };
    const expiresAt = Date.parse("2027-03-01T12:30:00Z");
    expect(policySentence(policy, ["openai", "anthropic"], { label: "Anna", expiresAt, now: NOW })).toBe(
      "Anna may use every model of OpenAI and Anthropic, on weekdays from 7:00 to 18:00 (Berlin time), " +
        `up to $5 a month, until 1 March 2027 (UTC); ${SHUT} You hear at 80 %.`,
    );
  });

  for (const [name, expiresAt, words] of [
    ["a near end with its time", "2026-11-22T09:05:00Z", "until 22 November 2026, 09:05 UTC;"],
    ["one that is over too", "2026-11-20T09:05:00Z", "until 20 November 2026, 09:05 UTC;"],
    ["a far one by its day", "2027-11-22T09:05:00Z", "until 22 November 2027 (UTC);"],
  ] as const) {
    it(`tells ${name}`, ({ expect }) => {
      const spoken = { label: "x", expiresAt: Date.parse(expiresAt), now: NOW };
      expect(policySentence(OPEN_POLICY, PROVIDERS, spoken)).toContain(words);
    });
  }

  const hours = (...windows: NonNullable<Policy["activeHours"]>["windows"]): Policy => ({
    ...OPEN_POLICY,
    activeHours: { timeZone: "America/New_York", windows },
  });
  for (const [words, policy] of [
    ["at weekends (New York time)", hours({ days: ["sat", "sun"], from: "00:00", to: "24:00" })],
    ["every day from 18:00 to midnight (New York time)", hours({ days: WEEK(), from: "18:00", to: "24:00" })],
    [
      "on Fridays from 22:00 to 2:00 the next day (New York time)",
      hours({ days: ["fri"], from: "22:00", to: "02:00" }),
    ],
    ["always", hours({ days: WEEK(), from: "00:00", to: "24:00" })],
    [
      "in 4 windows of the week (New York time)",
      hours(...[0, 1, 2, 3].map(() => ({ days: WEEK(), from: "01:00", to: "02:00" }))),
    ],
  ] as const) {
    it(`says ${words}`, ({ expect }) => expect(foldWords(policy, PROVIDERS).hours).toBe(words));
  }
});

function WEEK(): ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[] {
  return ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
}

describe("the folds of the form", () => {
  it("say what is set now", ({ expect }) => {
    expect(foldWords(OPEN_POLICY, ["openai", "anthropic"])).toEqual({
      models: "every model of OpenAI and Anthropic",
      pace: "no limit",
      hours: "always",
      places: "from everywhere",
      endpoints: "shut",
      holder: "change nothing",
    });
    expect(foldWords(WHOLE, ["openai"])).toEqual({
      models: "only gpt-* and o4 of OpenAI, also those without a known price",
      pace: "60 requests a minute and 2 at once (others wait up to 1 second)",
      hours: "on Mondays, Tuesdays and Wednesdays from 9:00 to 17:00 (Berlin time)",
      places: "from 203.0.113.0/24 or 198.51.100.7 and only in Germany or France",
      endpoints: "open, also those of other tokens",
      holder: "give it a new secret and end it",
    });
  });

  it("say nothing of what isn't right", ({ expect }) => {
    const { networks: _, ...sound } = OPEN_POLICY;
    expect(foldWords(sound, PROVIDERS)).toMatchObject({ places: null, hours: "always" });
    expect(foldWords(OPEN_POLICY, []).models).toBe("of no provider");
  });
});
