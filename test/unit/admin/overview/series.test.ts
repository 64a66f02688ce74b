import { describe, it } from "vitest";
import { measureOf, seriesQuery } from "../../../../admin/overview/series.ts";
import { seriesPart, usageSeries } from "../../support/series.ts";

const NOW = Date.UTC(2026, 10, 24, 14, 30);
const iso = (at: number) => new Date(at).toISOString().slice(0, 16);

describe("seriesQuery", () => {
  for (const [span, step, from, to] of [
    ["24h", "hour", "2026-11-23T15:00", "2026-11-24T15:00"],
    ["7d", "day", "2026-11-18T00:00", "2026-11-25T00:00"],
    ["30d", "day", "2026-10-26T00:00", "2026-11-25T00:00"],
    ["90d", "day", "2026-08-27T00:00", "2026-11-25T00:00"],
    ["12m", "month", "2025-12-01T00:00", "2026-12-01T00:00"],
  ] as const) {
    it(`${span}: whole steps, of which the last is that of now`, ({ expect }) => {
      const query = seriesQuery(span, "model", NOW);
      expect(query).toMatchObject({ step, by: "model", top: 6 });
      expect([iso(query.from), iso(query.to)]).toEqual([from, to]);
    });
  }

  it("begins a step at the moment at which it begins", ({ expect }) => {
    expect(iso(seriesQuery("7d", "token", Date.UTC(2026, 10, 24)).to)).toBe("2026-11-25T00:00");
  });
});

describe("measureOf", () => {
  const series = usageSeries([1], [seriesPart("openai", { requests: [3] })]);

  it("shows what was asked for", ({ expect }) => expect(measureOf(series, "errors")).toBe("errors"));
  it("shows requests where nothing has a price", ({ expect }) => expect(measureOf(series, null)).toBe("requests"));
  it("shows spend where anything has, or nothing is known", ({ expect }) => {
    const paid = usageSeries([1], [seriesPart("openai", { requests: [3], micros: [1] })]);
    expect([paid, usageSeries([], []), null].map((one) => measureOf(one, null))).toEqual(["spend", "spend", "spend"]);
  });
});
