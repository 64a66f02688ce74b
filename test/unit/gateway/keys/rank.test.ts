import { describe, it } from "vitest";
import { ranked } from "../../../../gateway/keys/rank.ts";
import { newTokenId } from "../../../../shared/token.ts";

const KEYS = Array.from({ length: 5 }, (_, index) => `sk-proj-unit-test-${index}`);
const TOKENS = Array.from({ length: 2_000 }, newTokenId);

const firstOf = (keys: readonly string[], token: string): string => ranked(keys, token)[0] ?? "";

describe("a token's keys", () => {
  it("are all of them, in the same order each time, whatever the order of the secret", ({ expect }) => {
    for (const token of TOKENS.slice(0, 50)) {
      const order = ranked(KEYS, token);
      expect(order.toSorted()).toEqual(KEYS);
      expect(ranked(KEYS, token)).toEqual(order);
      expect(ranked(KEYS.toReversed(), token)).toEqual(order);
    }
  });

  it("are spread evenly, first and second ones alike", ({ expect }) => {
    for (const place of [0, 1]) {
      for (const key of KEYS) {
        const count = TOKENS.filter((token) => ranked(KEYS, token)[place] === key).length;
        // 400 expected, a standard deviation of 18.
        expect(count, `${key} at ${place}`).toBeGreaterThan(300);
        expect(count, `${key} at ${place}`).toBeLessThan(500);
      }
    }
  });

  it("move with a key that is taken away or added only where it is concerned", ({ expect }) => {
    const [gone = "", ...rest] = KEYS;
    for (const token of TOKENS) {
      const before = firstOf(KEYS, token);
      if (before !== gone) expect(firstOf(rest, token)).toBe(before);
      const after = firstOf([...KEYS, "sk-proj-new"], token);
      expect([before, "sk-proj-new"]).toContain(after);
    }
    const moved = TOKENS.filter((token) => firstOf([...KEYS, "sk-proj-new"], token) === "sk-proj-new").length;
    expect(moved).toBeGreaterThan(230);
    expect(moved).toBeLessThan(440);
  });
});
