import * as fc from "fast-check";
import { describe, it } from "vitest";
import { clockProblem, isOpenAt, opensAt, timeZoneProblem } from "../../../shared/hours.ts";
import { WEEKDAYS, type ActiveHours } from "../../../shared/policy.ts";

const OFFICE: ActiveHours = {
  timeZone: "Europe/Berlin",
  windows: [{ days: ["mon", "tue", "wed", "thu", "fri"], from: "09:00", to: "17:00" }],
};
const NIGHT: ActiveHours = { timeZone: "UTC", windows: [{ days: ["sun"], from: "22:00", to: "06:00" }] };
const WHOLE: ActiveHours = { timeZone: "UTC", windows: [{ days: ["sat"], from: "00:00", to: "24:00" }] };

const EARLY: ActiveHours = {
  timeZone: "Europe/Berlin",
  windows: [{ days: ["sun"], from: "02:30", to: "04:00" }],
};

const at = (text: string): number => Date.parse(text);

describe("active hours", () => {
  for (const [hours, name, time, open] of [
    [OFFICE, "office", "2026-11-30T07:59:59Z", false],
    [OFFICE, "office", "2026-11-30T08:00:00Z", true],
    [OFFICE, "office", "2026-11-30T15:59:59Z", true],
    [OFFICE, "office", "2026-11-30T16:00:00Z", false],
    [OFFICE, "office", "2026-11-28T10:00:00Z", false],
    // In summer the same hours are an hour earlier in UTC.
    [OFFICE, "office", "2026-07-06T07:00:00Z", true],
    [OFFICE, "office", "2026-07-06T15:00:00Z", false],
    [NIGHT, "night", "2026-11-29T21:59:00Z", false],
    [NIGHT, "night", "2026-11-29T22:00:00Z", true],
    // Into Monday, over the end of the week.
    [NIGHT, "night", "2026-11-30T05:59:00Z", true],
    [NIGHT, "night", "2026-11-30T06:00:00Z", false],
    [WHOLE, "Saturday", "2026-11-28T23:59:59Z", true],
    [WHOLE, "Saturday", "2026-11-29T00:00:00Z", false],
  ] as const) {
    it(`${name}: ${open ? "open" : "shut"} at ${time}`, ({ expect }) => {
      expect(isOpenAt(hours, at(time))).toBe(open);
    });
  }

  for (const [hours, name, now, next] of [
    [OFFICE, "office", "2026-11-28T10:00:30Z", "2026-11-30T08:00:00Z"],
    [OFFICE, "office", "2026-11-30T16:00:00Z", "2026-12-01T08:00:00Z"],
    // Over the change of the clocks on 25 October 2026, and on 29 March 2026.
    [OFFICE, "office", "2026-10-23T15:00:00Z", "2026-10-26T08:00:00Z"],
    [OFFICE, "office", "2026-03-27T16:00:00Z", "2026-03-30T07:00:00Z"],
    [NIGHT, "night", "2026-11-30T06:00:00Z", "2026-12-06T22:00:00Z"],
    // 02:30 isn't on the clock of that night: it goes from 02:00 to 03:00.
    [EARLY, "early", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"],
  ] as const) {
    it(`${name}: seen from ${now}, opens at ${next}`, ({ expect }) => {
      expect(new Date(opensAt(hours, at(now)) ?? 0).toISOString()).toBe(new Date(next).toISOString());
    });
  }

  it("open when they say they will, in every time zone, over every change of the clocks", ({ expect }) => {
    const clock = fc.tuple(fc.nat(23), fc.constantFrom(0, 15, 30, 59)).map((parts) => {
      return parts.map((part) => String(part).padStart(2, "0")).join(":");
    });
    const window = fc.record({
      days: fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1 }),
      from: clock,
      to: clock,
    });
    const zones = fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu");
    const times = fc.integer({ min: at("2026-01-01T00:00:00Z"), max: at("2027-01-01T00:00:00Z") });
    fc.assert(
      fc.property(zones, fc.array(window, { minLength: 1, maxLength: 3 }), times, (timeZone, windows, now) => {
        const hours = { timeZone, windows };
        if (isOpenAt(hours, now)) return;
        const next = opensAt(hours, now);
        expect(next).toBeGreaterThan(now);
        expect(isOpenAt(hours, next ?? 0)).toBe(true);
        expect(isOpenAt(hours, (next ?? 0) - 1)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  it("that have no window never open", ({ expect }) => {
    const never = { timeZone: "UTC", windows: [] };
    expect(isOpenAt(never, 0)).toBe(false);
    expect(opensAt(never, 0)).toBeNull();
  });

  it("say what is wrong with a time zone and a clock", ({ expect }) => {
    expect(timeZoneProblem("Europe/Berlin")).toBeNull();
    expect(timeZoneProblem("Berlin")).toContain("This isn't a time zone.");
    for (const fine of ["00:00", "23:59", "24:00"]) expect(clockProblem(fine)).toBeNull();
    for (const off of ["9:00", "24:01", "25:00", "12:60", ""]) {
      expect(clockProblem(off)).toBe("Write a time of day as 09:00; midnight at the end of a day is 24:00.");
    }
  });
});
