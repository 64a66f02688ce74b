import { describe, it } from "vitest";
import { WHOLE } from "../../../../scripts/bench/extents.ts";
import { figure, figuresIn, JSON_KEYS } from "../../../../scripts/bench/figure.ts";
import { sectionsOf } from "../../../../scripts/bench/figures.ts";
import { nothingMeasured } from "../../../../scripts/bench/measured.ts";
import { asJson, asMarkdown, asTable } from "../../../../scripts/bench/report.ts";
import { MADE_UP } from "./support.ts";

const SECTIONS = sectionsOf(MADE_UP);
const FIGURES = figuresIn(SECTIONS);
const NOW = new Date("2026-11-28T12:00:00Z");
const written = (before = "", sections = SECTIONS): string =>
  asMarkdown(sections, { now: NOW, machine: "a machine of 2 cores", before });

describe("asJson", () => {
  it("has each key of the object, in its order, and none more", ({ expect }) => {
    expect(JSON.stringify(asJson(FIGURES))).toBe(
      JSON.stringify({
        rps: { unlimited: 0.8, limited: 0.4, sse50: 0.6 },
        ttfbAddedMs: { p50: 0.16, p99: 1.6 },
        chunkDelayMs: { p50: 0.5, p99: 5.5 },
        cpuMs: { request: 1.25, stream1000: 8 },
        relay200k: 1.7,
        websocket: 0.75,
        perThousand: { kvReads: 1, kvWrites: 0, guardCalls: 40, rowsWritten: 100 },
        bundleKiB: { gateway: 59.94, admin: 350 },
        growth: { authorize: 0.98, console: 1.1 },
      }),
    );
  });

  it("has the same keys where nothing was measured, each with null", ({ expect }) => {
    const none = JSON.stringify(asJson(figuresIn(sectionsOf(nothingMeasured(WHOLE)))));
    const all = JSON.stringify(asJson(FIGURES));
    expect(none).toBe(all.replaceAll(/:[\d.]+/g, ":null"));
    expect(JSON.stringify(asJson([]))).toBe(none);
  });

  it("is made of figures that stand at each key once", ({ expect }) => {
    const keys = FIGURES.flatMap(({ key }) => (key === null ? [] : [key]));
    expect(keys.toSorted()).toEqual([...JSON_KEYS].toSorted());
  });
});

describe("asTable", () => {
  it("has a line for each figure, with its mark and whether it is kept", ({ expect }) => {
    const lines = asTable(FIGURES).split("\n");
    expect(lines).toHaveLength(FIGURES.length);
    expect(lines.find((line) => line.startsWith("token without limits, ÷"))).toMatch(/ 0\.80 × +≥ 0\.75 +kept$/);
    expect(lines.find((line) => line.startsWith("token with a budget and a rate limit, ÷"))).toMatch(
      / 0\.40 × +≥ 0\.45 +NOT KEPT$/,
    );
  });

  it("tells how many requests a day the free plan carries, and what ends first", ({ expect }) => {
    const days = asTable(FIGURES)
      .split("\n")
      .filter((line) => line.includes("free plan"));
    expect(days.map((line) => line.replaceAll(/ {2,}/g, " | "))).toEqual([
      "requests a day on the free plan: token without limits, 100 a second | 100,000 /day | requests to Workers end first",
      "requests a day on the free plan: token without limits, one every 2 s | 11,111 /day | rows written end first",
      "requests a day on the free plan: token with limits, 100 a second | 100,000 /day | requests to Workers end first",
      "requests a day on the free plan: token with limits, one every 2 s | 8,100 /day | rows written end first",
    ]);
  });

  it("says so where a figure wasn't measured, and holds it to nothing", ({ expect }) => {
    expect(asTable([figure("rps.limited", "a name", Number.NaN, "×", { mark: "≥ 1", keeps: () => false })])).toBe(
      "a name   not measured here       ≥ 1",
    );
  });
});

describe("asMarkdown", () => {
  it("has a row for each figure, under the title of its section", ({ expect }) => {
    const text = written();
    for (const { title, about, figures } of SECTIONS) {
      const part = text.split(`## ${title}\n`)[1]?.split("\n## ")[0] ?? "";
      expect(part, title).toContain(about);
      expect(
        part
          .match(/^\| .+ \|$/gm)
          ?.slice(1)
          .map((row) => row.split(" | ")[0]),
        title,
      ).toEqual(["| ---", ...figures.map(({ name }) => `| ${name}`)]);
    }
  });

  it("says when and on what it was written", ({ expect }) => {
    expect(written()).toContain("on 2026-11-28: a machine of 2 cores.");
  });

  it("names the marks that aren't kept in front of all figures", ({ expect }) => {
    const [head = ""] = written().split("\n## ");
    expect(head).toContain(
      "2 aren't kept:\n\n- token with a budget and a rate limit, ÷ baseline: 0.40 ×, mark ≥ 0.45\n- words of a slow stream (every 30 ms) later: p99: 5.50 ms, mark ≤ 5\n",
    );
  });

  it("says so where all are kept", ({ expect }) => {
    const kept = { ...MADE_UP, chunks: { p50: 0, p99: 0 }, json: { ...MADE_UP.json, limited: MADE_UP.json.unlimited } };
    expect(written("", sectionsOf(kept))).toMatch(/\nAll \d+ marks are kept\.\n/);
  });

  it("keeps what a person wrote between the marks for notes, each time", ({ expect }) => {
    const notes = "<!-- notes -->\n\nWhy the mark isn't kept: $& and more.\n\n<!-- /notes -->";
    const once = written(`# Anything\n\n${notes}\n\nold figures`);
    expect(once).toContain(`\n${notes}\n`);
    expect(once).not.toContain("old figures");
    expect(written(once)).toBe(once);
  });

  it.for(["", "<!-- /notes --> turned around <!-- notes -->", "<!-- notes --> without an end"])(
    "leaves room for notes where there were none: %j",
    (before, { expect }) => {
      expect(written(before)).toContain("\n<!-- notes -->\n<!-- /notes -->\n");
    },
  );
});
