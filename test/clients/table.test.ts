import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe } from "vitest";
import { CASES } from "./cases/all.ts";
import { SOURCE } from "./support/folders.ts";
import { HEAD, tableIn, tableOf } from "./support/table.ts";
import { test } from "./support/test.ts";

const page = readFileSync(join(SOURCE, "../../docs/clients.md"), "utf8");

describe("docs/clients.md", () => {
  test("its table says what this tier runs, at which version", ({ expect }) => {
    expect(tableIn(page)).toEqual([HEAD, ...tableOf(CASES)]);
  });

  test("it names every host that a client dials besides the gateway", ({ expect }) => {
    for (const host of new Set(CASES.flatMap(({ dials }) => dials))) expect(page).toContain(host.replace(/:443$/, ""));
  });
});
