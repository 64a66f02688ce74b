import { describe, it } from "vitest";
import { fromNow } from "../../../../admin/console/spans.ts";

const NOW = Date.UTC(2026, 10, 28, 12);
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

describe("how far a time is from now", () => {
  for (const [distance, words] of [
    [0, "just now"],
    [-59_999, "just now"],
    [30_000, "in less than a minute"],
    [-MINUTE, "1 minute ago"],
    [-119 * MINUTE, "119 minutes ago"],
    [-2 * HOUR, "2 hours ago"],
    [47 * HOUR, "in 47 hours"],
    [3 * DAY + HOUR, "in 3 days"],
    [-59 * DAY, "59 days ago"],
    [90 * DAY, "in 3 months"],
    [-800 * DAY, "2 years ago"],
  ] as const) {
    it(`of ${distance} ms is "${words}"`, ({ expect }) => {
      expect(fromNow(NOW + distance, NOW)).toBe(words);
    });
  }
});
