import { describe, it } from "vitest";
import { dayOf, monthStart, periodEnd, periodStart, startOfDay } from "../../../gateway/calendar.ts";

/** A Wednesday. */
const AT = Date.parse("2026-12-30T13:45:10.500Z");
const timeOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString().slice(0, 16));

describe("the calendar", () => {
  it.for([
    ["hour", "2026-12-30T13:00", "2026-12-30T14:00"],
    ["day", "2026-12-30T00:00", "2026-12-31T00:00"],
    ["week", "2026-12-28T00:00", "2027-01-04T00:00"],
    ["month", "2026-12-01T00:00", "2027-01-01T00:00"],
    ["total", "1970-01-01T00:00", null],
  ] as const)("knows when a period begins and ends: %s", ([per, start, end], { expect }) => {
    expect(timeOf(periodStart(per, AT))).toBe(start);
    expect(timeOf(periodEnd(per, AT))).toBe(end);
  });

  it("takes the first moment of a period for its own", ({ expect }) => {
    for (const per of ["hour", "day", "week", "month"] as const) {
      const end = periodEnd(per, AT) ?? 0;
      expect(periodStart(per, end)).toBe(end);
      expect(periodStart(per, end - 1)).toBe(periodStart(per, AT));
    }
  });

  it("goes on over the year's end, in both directions", ({ expect }) => {
    expect(timeOf(monthStart(AT, 2))).toBe("2027-02-01T00:00");
    expect(timeOf(monthStart(AT, -12))).toBe("2025-12-01T00:00");
  });

  it("names days, and finds their begin", ({ expect }) => {
    expect(dayOf(AT)).toBe("2026-12-30");
    expect(timeOf(startOfDay("2026-12-30"))).toBe("2026-12-30T00:00");
  });
});
