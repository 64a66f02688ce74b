import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "vitest";
import { tableIn } from "../clients/support/table.ts";
import { alsoOf, HEAD, ROWS, tableOfFaults } from "./rows.ts";

const ROOT = join(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");
const TESTS = readdirSync(import.meta.dirname).filter((file) => file.endsWith(".test.ts") && file !== "table.test.ts");
const plain = (rows: readonly (readonly string[])[]): string[][] =>
  rows.map((row) => row.map((cell) => cell.replaceAll("`", "").trim()));

describe("docs/faults.md", () => {
  it("its table is the one that this tier shows", ({ expect }) => {
    expect(tableIn(read("docs/faults.md"))).toEqual(plain([HEAD, ...tableOfFaults()]));
  });

  it("each of its rows has a test here", ({ expect }) => {
    const sources = TESTS.map((file) => read(join("test/faults", file))).join("\n");
    const untested = Object.keys(ROWS).filter((name) => !sources.includes(JSON.stringify(name)));
    expect(untested).toEqual([]);
  });

  it("the further tests that it names are there", ({ expect }) => {
    for (const [name, row] of Object.entries(ROWS)) {
      const missing = alsoOf(row).filter(([file, title]) => !read(file).includes(title));
      expect(missing, name).toEqual([]);
    }
  });
});
