import { describe, it } from "vitest";
import { counted, dollars, number, orMore, span } from "../../../../admin/console/amounts.ts";

describe("dollars", () => {
  for (const [micros, words] of [
    [0, "$0"],
    [12_340_000, "$12.34"],
    [1_234_567_890, "$1,234.57"],
    [1_000_000, "$1.00"],
    [999_999, "$1.00"],
    [500_000, "$0.50"],
    [10_000, "$0.01"],
    [12_300, "$0.012"],
    [2_300, "$0.0023"],
    [2_000, "$0.002"],
    [1, "$0.000001"],
    [0.15, "$0.00000015"],
    [0.001, "$0.000000001"],
  ] as const) {
    it(`writes ${micros} micro-dollars as ${words}`, ({ expect }) => {
      expect(dollars(micros)).toBe(words);
    });
  }
});

describe("an amount that was counted up to a bound", () => {
  it("says that there may be more", ({ expect }) => {
    expect([orMore("10,000 tokens", false), orMore("9 tokens", true)]).toEqual(["10,000 tokens or more", "9 tokens"]);
  });
});

describe("other numbers", () => {
  it("have their thousands apart, and nouns in the right number", ({ expect }) => {
    expect([number(1_234_567), counted(1, "request"), counted(0, "request"), counted(2000, "token")]).toEqual([
      "1,234,567",
      "1 request",
      "0 requests",
      "2,000 tokens",
    ]);
  });

  it("are times to about two digits", ({ expect }) => {
    expect([null, 0, 450.4, 999, 1500, 59_900, 90_000, 3_600_000].map(span)).toEqual([
      "–",
      "0 ms",
      "450 ms",
      "999 ms",
      "1.5 s",
      "59.9 s",
      "2 min",
      "60 min",
    ]);
  });
});
