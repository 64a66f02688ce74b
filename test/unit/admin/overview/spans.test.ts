import { describe, it } from "vitest";
import { comparedSpans, inHours, totalsOf } from "../../../../admin/overview/spans.ts";
import type { SpanTotals } from "../../../../shared/usage.ts";

const HOUR = 3_600_000;
const iso = ({ from, to }: { from: number; to: number }) => [
  new Date(from).toISOString().slice(0, 16),
  new Date(to).toISOString().slice(0, 16),
];

describe("comparedSpans", () => {
  // A Tuesday.
  it("begins days, weeks on Monday and months in UTC, and compares the same part of each", ({ expect }) => {
    const { today, week, month } = comparedSpans(Date.UTC(2026, 10, 24, 14, 30));
    expect(iso(today.now)).toEqual(["2026-11-24T00:00", "2026-11-24T14:30"]);
    expect(iso(today.before)).toEqual(["2026-11-23T00:00", "2026-11-23T14:30"]);
    expect(iso(week.now)).toEqual(["2026-11-23T00:00", "2026-11-24T14:30"]);
    expect(iso(week.before)).toEqual(["2026-11-16T00:00", "2026-11-17T14:30"]);
    expect(iso(month.now)).toEqual(["2026-11-01T00:00", "2026-11-24T14:30"]);
    expect(iso(month.before)).toEqual(["2026-10-01T00:00", "2026-10-24T14:30"]);
  });

  for (const [day, monday] of [
    ["2026-11-22", "2026-11-16"],
    ["2026-11-23", "2026-11-23"],
    ["2026-11-29", "2026-11-23"],
  ] as const) {
    it(`${day} is in the week of ${monday}`, ({ expect }) => {
      expect(iso(comparedSpans(Date.parse(`${day}T09:00:00Z`)).week.now)[0]).toBe(`${monday}T00:00`);
    });
  }

  it("never compares with a part of this month: a shorter month before is taken whole", ({ expect }) => {
    const { month } = comparedSpans(Date.UTC(2026, 2, 31, 12));
    expect(iso(month.before)).toEqual(["2026-02-01T00:00", "2026-03-01T00:00"]);
  });

  it("goes back over the year", ({ expect }) => {
    expect(iso(comparedSpans(Date.UTC(2026, 0, 1, 1)).month.before)).toEqual(["2025-12-01T00:00", "2025-12-01T01:00"]);
  });
});

const totals = (requests: number): SpanTotals => ({
  requests,
  errors: requests / 10,
  tokens: requests * 100,
  micros: requests * 1000,
  unpriced: 0,
  usedTokens: 4,
});

const at = (hours: number) => hours * HOUR;

describe("a span that ends within an hour", () => {
  it("takes its share of the hour, which is told whole", ({ expect }) => {
    const asking = inHours({ from: at(24), to: at(26.25) });
    expect(asking.spans).toEqual([
      { from: at(24), to: at(26) },
      { from: at(24), to: at(27) },
    ]);
    expect(totalsOf(asking, totals(100), totals(140))).toEqual({ ...totals(110), errors: 11, usedTokens: 4 });
  });

  it("takes nothing of an hour that it doesn't reach into", ({ expect }) => {
    const asking = inHours({ from: at(24), to: at(26) });
    expect(totalsOf(asking, totals(100), totals(100))).toEqual(totals(100));
    expect(asking.spans[0]).toEqual({ from: at(24), to: at(26) });
  });

  it("of a few minutes takes a part of its only hour", ({ expect }) => {
    const asking = inHours({ from: at(24), to: at(24.5) });
    expect(asking.spans).toEqual([
      { from: at(24), to: at(24) },
      { from: at(24), to: at(25) },
    ]);
    expect(totalsOf(asking, totals(0), totals(10)).requests).toBe(5);
  });
});
