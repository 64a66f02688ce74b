import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "vitest";
import { WHOLE } from "../../../../scripts/bench/extents.ts";
import { figuresIn } from "../../../../scripts/bench/figure.ts";
import { sectionsOf } from "../../../../scripts/bench/figures.ts";
import { nothingMeasured } from "../../../../scripts/bench/measured.ts";

const FILE = join(import.meta.dirname, "../../../../docs/benchmarks.md");

describe.runIf(existsSync(FILE))("docs/benchmarks.md", () => {
  it("has a row for each figure of a whole run, each with a value, and none more", ({ expect }) => {
    const text = readFileSync(FILE, "utf8").replace(/<!-- notes -->.*<!-- \/notes -->/s, "");
    const rows = [...text.matchAll(/^\| (.+?) \| (.+?) \|/gm)]
      .map(([, name = "", value = ""]) => [name.trim(), value.trim()])
      .filter(([name]) => name !== "what" && !/^:?-+:?$/.test(name ?? ""));
    expect(rows.map(([name]) => name)).toEqual(figuresIn(sectionsOf(nothingMeasured(WHOLE))).map(({ name }) => name));
    for (const [name, value] of rows) expect(value, name).toMatch(/^-?[\d,.]+|^not measured here$/);
  });
});
