import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ClientCase } from "./cases.ts";
import { FEATURES } from "./cases.ts";
import { SOURCE } from "./folders.ts";

/** The heads of the columns of `docs/clients.md`. */
export const HEAD: readonly string[] = ["client", "set up by", "version", ...FEATURES];

function pinned(): Map<string, string> {
  const npm: unknown = JSON.parse(readFileSync(join(SOURCE, "npm/package.json"), "utf8"));
  const { dependencies } = npm as { dependencies: Record<string, string> };
  const python = readFileSync(join(SOURCE, "python/requirements.in"), "utf8").trim().split("\n");
  const rows = python.map((line): [string, string] => {
    const [name = "", version = ""] = line.split("==");
    return [name, version];
  });
  // PyPI's `openai` isn't npm's.
  return new Map([...Object.entries(dependencies), ...rows]);
}

/** The table as the cases make it: a row for each way of setting a client up, with what its steps show. */
export function tableOf(cases: readonly ClientCase[]): string[][] {
  const versions = pinned();
  return cases.map((one) => {
    const shown = new Set(one.steps.flatMap(({ features }) => features));
    const cells = FEATURES.map((feature) => (shown.has(feature) ? "✓" : ""));
    const run = one.packages.map((name) => `${name} ${versions.get(name) ?? "isn't pinned"}`).join(", ");
    return [one.client, one.mode, run, ...cells];
  });
}

/** The first table in a page of Markdown, cell by cell, without the line under its head. */
export function tableIn(page: string): string[][] {
  const lines = page.split("\n");
  const start = lines.findIndex((line) => line.startsWith("|"));
  const length = lines.slice(start).findIndex((line) => !line.startsWith("|"));
  return lines
    .slice(start, start + length)
    .filter((_, index) => index !== 1)
    .map((line) => line.split("|").slice(1, -1).map(cell));
}

function cell(text: string): string {
  return text.replaceAll("`", "").trim();
}
