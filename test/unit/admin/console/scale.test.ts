import { describe, it } from "vitest";
import { ticksOf } from "../../../../admin/console/scale.ts";

describe("ticksOf", () => {
  for (const [most, ticks] of [
    [12_340_000, [5_000_000, 10_000_000, 15_000_000]],
    [10, [2.5, 5, 7.5, 10]],
    [0.003, [0.001, 0.002, 0.003]],
    [1, [0.25, 0.5, 0.75, 1]],
  ] as const) {
    it(`of money: ${most}`, ({ expect }) => {
      const found = ticksOf(most, false);
      expect(found).toHaveLength(ticks.length);
      found.forEach((tick, index) => expect(tick).toBeCloseTo(ticks[index] ?? 0, 9));
    });
  }

  for (const [most, ticks] of [
    [1, [1]],
    [2, [1, 2]],
    [4, [1, 2, 3, 4]],
    [9, [3, 6, 9]],
    [11, [3, 6, 9, 12]],
    [100, [25, 50, 75, 100]],
    [1_234_567, [500_000, 1_000_000, 1_500_000]],
  ] as const) {
    it(`of whole things: ${most}`, ({ expect }) => expect(ticksOf(most, true)).toEqual(ticks));
  }

  it("always has three or four, which reach over the largest value, and no half things", ({ expect }) => {
    for (let most = 3; most < 2e9; most = Math.ceil(most * 1.13)) {
      const ticks = ticksOf(most, true);
      expect(ticks.length === 3 || ticks.length === 4, String(most)).toBe(true);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(most);
      expect(ticks.every(Number.isInteger)).toBe(true);
      expect([3, 4]).toContain(ticksOf(most / 997, false).length);
    }
  });
});
