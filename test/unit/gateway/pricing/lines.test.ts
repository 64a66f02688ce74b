import { describe, it } from "vitest";
import type { BuiltPrices } from "../../../../gateway/pricing/data.ts";
import { readLines, writeLines } from "../../../../gateway/pricing/lines.ts";

const PRICES: BuiltPrices = {
  date: "2026-01-02",
  source: "a-package 1.2.3",
  models: {
    openai: [
      {
        id: "one",
        match: ["=one", "^one-", ["*on", "$e"]],
        context: 128_000,
        versions: [{ from: null, rates: { input: 0.25, output: [1.5, [200_000, 3]], audioHour: 0 } }],
      },
      { id: "free", match: ["=also-free"], context: null, versions: [{ from: null, rates: { input: 0, output: 0 } }] },
    ],
    anthropic: [
      {
        id: "dated",
        match: ["=dated"],
        context: null,
        versions: [
          { from: null, rates: { input: 1 } },
          { from: "2026-05-01", rates: { input: 2, inputImage: null } },
        ],
      },
    ],
    gemini: [{ id: "last", match: ["=last"], context: 1, versions: [{ from: null, rates: { thousandRequests: 5 } }] }],
  },
};

describe("the lines of the built-in prices", () => {
  it("have all that was written", ({ expect }) => {
    expect(readLines(writeLines(PRICES))).toEqual(PRICES);
  });

  it("take little room", ({ expect }) => {
    expect(writeLines(PRICES).length).toBeLessThan(JSON.stringify(PRICES).length / 2.5);
  });
});
