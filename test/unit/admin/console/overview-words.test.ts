import { describe, it } from "vitest";
import { dollars, number } from "../../../../admin/console/amounts.ts";
import {
  changeWords,
  partName,
  percentWords,
  STEP_WORDS,
  tickWords,
} from "../../../../admin/console/overview-words.ts";

describe("changeWords", () => {
  for (const [now, before, words] of [
    [3_472_000, 3_100_000, "up 12 % from $3.10"],
    [1_550_000, 3_100_000, "down 50 % from $3.10"],
    [3_100_000, 3_100_000, "as before"],
    [3_101_000, 3_100_000, "about as before, $3.10"],
    [62_000_000, 3_100_000, "20 times $3.10"],
    [5, 0, "up from $0"],
    [0, 3_100_000, "down from $3.10"],
    [0, 0, "none before either"],
  ] as const) {
    it(`${now} after ${before}: ${words}`, ({ expect }) => expect(changeWords(now, before, dollars)).toBe(words));
  }

  it("writes each kind of number in its own way", ({ expect }) => {
    expect(changeWords(1_300, 1_200, number)).toBe("up 8 % from 1,200");
  });
});

describe("percentWords", () => {
  for (const [share, words] of [
    [0, "0 %"],
    [0.0004, "below 0.1 %"],
    [0.004, "0.4 %"],
    [0.123, "12 %"],
    [1, "100 %"],
  ] as const) {
    it(`${share}: ${words}`, ({ expect }) => expect(percentWords(share)).toBe(words));
  }
});

describe("steps and ticks", () => {
  const AT = Date.UTC(2026, 10, 24, 14);

  it("name their hour, day or month", ({ expect }) => {
    expect([STEP_WORDS.hour(AT), STEP_WORDS.day(AT), STEP_WORDS.month(AT)]).toEqual([
      "Tue 24 Nov, 14:00 UTC",
      "Tue 24 Nov",
      "Nov 2026",
    ]);
  });

  it("are short from ten thousand on", ({ expect }) => {
    expect([tickWords(7_500_000, "spend"), tickWords(2_500_000_000_000, "spend")]).toEqual(["$7.50", "$2.5M"]);
    expect([tickWords(7_500, "requests"), tickWords(1_500_000, "tokens")]).toEqual(["7,500", "1.5M"]);
  });
});

describe("partName", () => {
  const labels = new Map([["alice00000", "alice"]]);
  it("names tokens by their label, models with their provider, and the rest", ({ expect }) => {
    expect([
      partName({ key: "alice00000", provider: null }, "token", labels),
      partName({ key: "gone000000", provider: null }, "token", labels),
      partName({ key: "gpt-5.4", provider: "openai" }, "model", labels),
      partName({ key: "", provider: "gemini" }, "model", labels),
      partName({ key: "gemini", provider: null }, "provider", labels),
      partName({ key: null, provider: null }, "provider", labels),
    ]).toEqual([
      "alice",
      "gone000000",
      "gpt-5.4 · OpenAI",
      "No model named · Google Gemini",
      "Google Gemini",
      "All others",
    ]);
  });
});
