import { describe, it } from "vitest";
import { momentWords } from "../../../../admin/console/moments.ts";

describe("a moment in words", () => {
  for (const [iso, timeZone, words] of [
    ["2027-01-31T18:00:00Z", "", "31 January 2027, 18:00 UTC"],
    ["2027-01-31T18:00:00Z", "UTC", "31 January 2027, 18:00 UTC"],
    [
      "2027-01-31T17:00:00Z",
      "Europe/Berlin",
      "31 January 2027, 18:00 in Europe/Berlin, which is 31 January 2027, 17:00 UTC",
    ],
    ["2026-12-31T15:00:00Z", "Asia/Tokyo", "1 January 2027, 00:00 in Asia/Tokyo, which is 31 December 2026, 15:00 UTC"],
    // The two that the clocks show alike.
    [
      "2027-10-31T00:30:00Z",
      "Europe/Berlin",
      "31 October 2027, 02:30 in Europe/Berlin, which is 31 October 2027, 00:30 UTC",
    ],
    [
      "2027-10-31T01:30:00Z",
      "Europe/Berlin",
      "31 October 2027, 02:30 in Europe/Berlin, which is 31 October 2027, 01:30 UTC",
    ],
  ] as const) {
    it(`tells ${iso} in ${timeZone || "no zone"}`, ({ expect }) => {
      expect(momentWords(Date.parse(iso), timeZone)).toBe(words);
    });
  }
});
