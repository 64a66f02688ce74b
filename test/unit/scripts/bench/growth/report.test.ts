import { describe, it } from "vitest";
import type { Times } from "../../../../../scripts/bench/growth/measuring.ts";
import { growthOf, type PageTimes } from "../../../../../scripts/bench/growth/report.ts";

const times = (median: number): Times => ({ median, p95: median * 2 });
const page = (name: string, few: number, filled: number, many: number): PageTimes => ({
  name,
  few: times(few),
  filled: times(filled),
  many: times(many),
  bytes: { few: 1, filled: 10_000, many: 10_000 },
});

describe("growthOf", () => {
  const pages = [page("a", 1, 10, 12), page("b", 1, 20, 25), page("c", 1, 30, 29)];
  const authorized = { hot: [times(2), times(9), times(3)], cold: [times(4), times(9), times(5)] };

  it("compares requests with those beside few tokens, and all pages with full ones", ({ expect }) => {
    expect(growthOf(pages, authorized)).toEqual({
      authorize: 1.5,
      authorizeCold: 1.25,
      console: 1.1,
      grown: 1,
      pages: 3,
      slowestMs: 29,
    });
  });

  it("doesn't compare a page with itself where that showed less", ({ expect }) => {
    const more = { ...page("d", 1, 10, 50), bytes: { few: 1, filled: 10_000, many: 11_001 } };
    const alike = { ...page("e", 1, 10, 10), bytes: { few: 1, filled: 10_000, many: 11_000 } };
    expect(growthOf([more, alike], null)).toMatchObject({ console: 1, grown: 0, pages: 1, slowestMs: 50 });
  });

  it("has no ratio of requests where none were sent", ({ expect }) => {
    expect(growthOf(pages, null)).toMatchObject({ authorize: Number.NaN, authorizeCold: Number.NaN, console: 1.1 });
  });
});
