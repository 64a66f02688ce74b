import * as fc from "fast-check";
import { describe, it } from "vitest";
import { expiryFrom } from "../../../../admin/console/expiry.ts";
import type { FieldError } from "../../../../admin/api/problem.ts";

const NOW = Date.parse("2026-11-21T10:00:00Z");

function typed(time: string, timeZone: string): unknown {
  const errors: FieldError[] = [];
  const { expiresAt } = expiryFrom({ choice: "at", typed: time, timeZone, mayKeep: false }, NOW, errors);
  return errors.length > 0 ? errors : expiresAt;
}

describe("a typed end", () => {
  for (const [time, timeZone, expected] of [
    ["2027-01-31T18:00", "", "2027-01-31T18:00:00Z"],
    ["2027-01-31 18:00", "UTC", "2027-01-31T18:00:00.000Z"],
    ["2027-01-31T18:00", "Europe/Berlin", "2027-01-31T17:00:00.000Z"],
    ["2027-07-31T18:00", "Europe/Berlin", "2027-07-31T16:00:00.000Z"],
    ["2027-07-31T00:30", "Asia/Kolkata", "2027-07-30T19:00:00.000Z"],
    ["2027-01-01T00:00", "Pacific/Kiritimati", "2026-12-31T10:00:00.000Z"],
    // The clocks go from 2 to 3: there is no half past two, and it is taken for half past three.
    ["2027-03-28T02:30", "Europe/Berlin", "2027-03-28T01:30:00.000Z"],
    // They go from 3 to 2: of the two, the earlier one ends sooner.
    ["2027-10-31T02:30", "Europe/Berlin", "2027-10-31T00:30:00.000Z"],
    // No such day: for the schema to say.
    ["2027-02-30T10:00", "Europe/Berlin", "2027-02-30T10:00:00Z"],
  ] as const) {
    it(`${time} in ${timeZone || "no zone"} is ${expected}`, ({ expect }) => {
      expect(typed(time, timeZone)).toBe(expected);
    });
  }

  it("is what the zone's clocks show then", ({ expect }) => {
    const zones = fc.constantFrom(
      "America/New_York",
      "Australia/Lord_Howe",
      "Africa/Casablanca",
      "Asia/Kathmandu",
      "UTC",
    );
    const minutes = fc.integer({ min: Date.UTC(2027, 0, 1) / 60_000, max: Date.UTC(2032, 0, 1) / 60_000 });
    fc.assert(
      fc.property(zones, minutes, (timeZone, minute) => {
        // A time that there is: what the clocks show at one.
        const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" });
        const shown = format.format(minute * 60_000);
        expect(format.format(Date.parse(String(typed(shown, timeZone))))).toBe(shown);
      }),
      { numRuns: 200 },
    );
  });

  it("in a zone that isn't one is refused", ({ expect }) => {
    const message = "Your browser's time zone isn't known here. Enter the time in UTC.";
    expect(typed("2027-01-31T18:00", "Mars/Olympus")).toEqual([{ field: "expiresAt", message }]);
  });
});
