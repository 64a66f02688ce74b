import axe from "axe-core";
import { build } from "esbuild";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page, Response } from "playwright-core";

// Looks at a page that is open: each returns what is wrong with it, a line each.

/** A look of `in-page/looks.ts`. */
export type Look =
  | "widerThanWindow"
  | "smallTargets"
  | "smallText"
  | "smallFields"
  | "moving"
  | "raggedNumbers"
  | "jumpingFocus";

/** What a page may weigh in all, with its style sheet, script and icon, compressed. */
export const MAX_WEIGHT = 30 * 1024;
const MOST_TOLD = 5;
const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const { outputFiles } = await build({
  entryPoints: [join(import.meta.dirname, "in-page/index.ts")],
  bundle: true,
  write: false,
  format: "iife",
  target: "es2024",
  logLevel: "warning",
});
const LOOKS = outputFiles.map(({ text }) => text).join("");

/** Puts the looks into the page; what a page loads later needs them again. */
export async function prepare(page: Page): Promise<void> {
  await page.evaluate(LOOKS);
}

/** Opens everything that can be opened, so that it is looked at too. */
export const unfold = (page: Page): Promise<void> => page.evaluate("looks.unfold()");

/** Looks at the page as it is laid out now. It must be prepared. Of each kind the first few are told. */
export async function look(page: Page, names: readonly Look[]): Promise<string[]> {
  const calls = names.map((name) => `looks.${name}()`).join(", ");
  const found = await page.evaluate<string[][]>(`[${calls}]`);
  return found.flatMap((each) => each.slice(0, MOST_TOLD));
}

interface Violation {
  id: string;
  help: string;
  nodes: { target: unknown[]; failureSummary?: string }[];
}

/** Asks axe-core. `rules`: only these; left out: all of WCAG 2.2 A and AA, and its best practices. */
export async function askAxe(page: Page, rules?: readonly string[]): Promise<string[]> {
  if (!(await page.evaluate<boolean>("typeof axe === 'object'"))) await page.evaluate(axe.source);
  const runOnly = rules === undefined ? { type: "tag", values: AXE_TAGS } : { type: "rule", values: rules };
  // What it may preload are style sheets, by a request that the page's policy stops.
  const options = { runOnly, resultTypes: ["violations"], preload: false };
  const violations = await page.evaluate<Violation[]>(
    `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations)`,
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes
      .slice(0, MOST_TOLD)
      .map(({ target, failureSummary }) => `axe ${id}: ${help}: ${target.join(" ")}: ${failureSummary ?? ""}`),
  );
}

/**
 * What a page weighs, in bytes: itself and all that it loads, each compressed by gzip as Cloudflare does it.
 *
 * @param document the answer that the page came in
 */
export async function weigh(page: Page, document: Response): Promise<number> {
  const urls = await page.evaluate<string[]>("performance.getEntriesByType('resource').map(({ name }) => name)");
  const loaded = await Promise.all([...new Set(urls)].map(async (url) => (await page.request.get(url)).body()));
  return [await document.body(), ...loaded].reduce((sum, body) => sum + gzipSync(body).length, 0);
}
