import { describe, it } from "vitest";
import { asJson, asMarkdown, asTable, LIKENESS, type Results } from "../../../scripts/bench/peers/report.ts";

const facts = { runtime: "Node", token: "none", key: "the client", limits: "a | b", meters: "nothing", revokes: "" };
const seen = { perSecond: 1234.567, cpuMs: Number.NaN, ratio: 0.1239 };
const RESULTS: Results = {
  rate: 40,
  rows: [
    {
      id: "one",
      name: "One",
      facts,
      version: null,
      measured: {
        answers: { json: seen, "sse-50": { ...seen, perSecond: 7 } },
        addedFirstByte: { p50: 1.25, p99: 20 },
        memory: 3 * 1024 * 1024,
      },
      reason: null,
    },
    { id: "two", name: "Two", facts, version: "two 2.0", measured: null, reason: "its registry is away" },
  ],
};

describe("the report on peers", () => {
  it("shows on screen what was measured, what wasn't and why, and what is like for like", ({ expect }) => {
    const table = asTable(RESULTS);
    const [titles, one] = table.split("\n").map((line) => line.trim().split(/\s{2,}/));
    expect(titles?.slice(0, 3)).toEqual(["JSON/s", "÷ direct", "CPU ms"]);
    expect(one).toEqual(["One", "1235", "0.124", "–", "7", "0.124", "–", "1.25", "20.00", "3"]);
    expect(table).toContain("40 requests a second");
    expect(table).toContain("NOT COMPARED: Two (two 2.0): its registry is away");
    for (const sentence of LIKENESS) expect(table).toContain(sentence);
  });

  it("has null for machines where nothing was told, and never leaves a row out", ({ expect }) => {
    expect(JSON.parse(JSON.stringify(asJson(RESULTS)))).toEqual({
      rate: 40,
      rows: [
        {
          id: "one",
          name: "One",
          facts,
          version: null,
          measured: {
            answers: {
              json: { perSecond: 1235, cpuMs: null, ratio: 0.1239 },
              "sse-50": { perSecond: 7, cpuMs: null, ratio: 0.1239 },
            },
            addedFirstByte: { p50: 1.25, p99: 20 },
            memory: 3_146_000,
          },
          reason: null,
        },
        { id: "two", name: "Two", facts, version: "two 2.0", measured: null, reason: "its registry is away" },
      ],
      likeness: LIKENESS,
    });
  });

  it("writes a document that says when and where", ({ expect }) => {
    const text = asMarkdown(RESULTS, new Date("2026-11-20T10:00:00Z"), "a machine");
    expect(text).toContain("on 2026-11-20: a machine.");
    expect(text).toContain("Not compared: Two (two 2.0): its registry is away");
    const rows = text.split("\n").filter((line) => line.startsWith("| "));
    expect(rows.every((row) => row.endsWith(" |"))).toBe(true);
    expect(rows.find((row) => row.startsWith("| One"))).toMatch(/\| +1235 \| +0\.124 \| +– \|/);
  });
});
