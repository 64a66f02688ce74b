import type { Measured } from "./measuring.ts";
import type { Facts, Row } from "./peer.ts";

/** A row of the result: what was measured, or why nothing was. */
export type Result = Pick<Row, "id" | "name" | "facts"> & {
  /** Package and version; null: part of the project. */
  version: string | null;
} & ({ measured: Measured; reason: null } | { measured: null; reason: string });

/** A whole run. */
export interface Results {
  /** Requests a second at which first bytes were measured; null: nothing was. */
  rate: number | null;
  rows: readonly Result[];
}

const MIB = 1024 * 1024;

const number = (value: number, digits: number): string => (Number.isNaN(value) ? "–" : value.toFixed(digits));

/** Columns of figures, and where each is found. */
const FIGURES: readonly (readonly [title: string, of: (measured: Measured) => string])[] = [
  ["JSON/s", ({ answers }) => number(answers.json.perSecond, 0)],
  ["÷ direct", ({ answers }) => number(answers.json.ratio, 3)],
  ["CPU ms", ({ answers }) => number(answers.json.cpuMs, 2)],
  ["SSE/s", ({ answers }) => number(answers["sse-50"].perSecond, 0)],
  ["÷ direct", ({ answers }) => number(answers["sse-50"].ratio, 3)],
  ["CPU ms", ({ answers }) => number(answers["sse-50"].cpuMs, 2)],
  ["TTFB + p50 ms", ({ addedFirstByte }) => number(addedFirstByte.p50, 2)],
  ["TTFB + p99 ms", ({ addedFirstByte }) => number(addedFirstByte.p99, 2)],
  ["MiB", ({ memory }) => number(memory / MIB, 0)],
];

const FACTS: Record<keyof Facts, string> = {
  runtime: "runs on",
  token: "client's token",
  key: "provider key is held by",
  limits: "budget and rate limit",
  meters: "notes of usage",
  revokes: "a token stops",
};
const FACT_NAMES = Object.keys(FACTS) as (keyof Facts)[];

/** What is and isn't like for like. */
export const LIKENESS: readonly string[] = [
  "The same for all: machine, run, provider, load generator, question and answer, 16 connections, one process or isolate each, loopback alone, no TLS. Rows are measured in turns; of the turns' figures the middle one is shown.",
  "The machine's cores are shared by whoever is measured, the provider and the load generator: the provider itself, asked directly, is the most that anybody can reach. CPU time doesn't depend on that.",
  "Memory is what processes hold after the loads, with all that they started. The workerd process holds the bare Worker, the gateway and its Durable Objects together, so their rows show the same process. CPU time of workerd doesn't count the KV stand-in, a process of its own.",
  "workerd writes the database of an object that has been idle for ten seconds to disk, in the one thread that serves requests too: that is what Doppelgate's first bytes wait for at the 99th percentile (on a file system in memory they don't). Cloudflare's objects run elsewhere.",
  "Portkey's gateway checks no token, holds no provider key, keeps no limits and meters nothing: like for like with the bare Worker, not with a Doppelgate token. It runs as its package starts it, on Node, with its page of logs off and an HTTP server of the version that it can stream with; the package has no bundle for workerd. Its code waits 25 ms before the first event of a stream, which costs it requests a second and no CPU time.",
  "LiteLLM with its master key checks one key and holds the provider key, and sets no limits: nearest to a Doppelgate token without limits, which is metered and stored besides.",
  "LiteLLM with a key that has a budget and a rate limit is nearest to a Doppelgate token with both. Not the same: its counters are in the memory of one process and end with it; Doppelgate's are kept by a Durable Object for all isolates, stored, and reserved or leased before the provider is asked. LiteLLM's own virtual keys need PostgreSQL and a database engine that comes from outside of the registries, so keys come from its hook for keys from elsewhere; with its database it would do more for each request, not less.",
  "Both peers do what Doppelgate doesn't: they translate between providers' dialects. Here they are asked in OpenAI's and ask in OpenAI's.",
];

const grid = (titles: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = titles.map((title, index) => Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0)))
      .join("  ");
  return [titles, ...rows].map(line).join("\n");
};

const paced = (rate: number): string =>
  `TTFB +: how much later the first byte comes than from the provider itself, ${rate} requests a second.`;

const measuredOf = (rows: readonly Result[]) => rows.filter((row) => row.measured !== null);
const missingOf = (rows: readonly Result[]) => rows.filter((row) => row.reason !== null);
const cellsOf = ({ measured }: Result): string[] => (measured === null ? [] : FIGURES.map(([, of]) => of(measured)));
const named = ({ name, version }: Result): string => (version === null ? name : `${name} (${version})`);

const list = (sentences: readonly string[]): string => sentences.map((sentence) => `- ${sentence}`).join("\n");

/** For a screen. */
export function asTable({ rate, rows }: Results): string {
  const figures = grid(
    ["", ...FIGURES.map(([title]) => title)],
    measuredOf(rows).map((row) => [named(row), ...cellsOf(row)]),
  );
  const facts = rows.map((row) =>
    [named(row), ...FACT_NAMES.map((fact) => `  ${FACTS[fact].padEnd(24)}${row.facts[fact]}`)].join("\n"),
  );
  return [
    ...(rate === null ? [] : [figures, paced(rate)]),
    ...missingOf(rows).map((row) => `NOT COMPARED: ${named(row)}: ${row.reason}`),
    ...facts,
    list(LIKENESS),
  ].join("\n\n");
}

const rounded = (value: number): number | null => (Number.isNaN(value) ? null : Number(value.toPrecision(4)));

/** Numbers of any depth, rounded; what wasn't told is null. */
const roundedAll = (value: unknown): unknown => {
  if (typeof value === "number") return rounded(value);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, roundedAll(one)]));
};

/** For machines: an object. A row that wasn't measured has null in place of its figures, and the reason. */
export const asJson = ({ rate, rows }: Results): object => ({
  rate,
  rows: rows.map(({ measured, ...row }) => ({ ...row, measured: roundedAll(measured) })),
  likeness: LIKENESS,
});

/** A table as the project's formatter lays it out. The first column is of words; the others too, or of figures. */
function markdownTable(titles: readonly string[], rows: readonly (readonly string[])[], figures: boolean): string {
  const widths = titles.map((title, at) => Math.max(3, title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const isFigure = (at: number): boolean => figures && at > 0;
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => (isFigure(at) ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0))).join(" | ")} |`;
  const rule = widths.map((width, at) => (isFigure(at) ? `${"-".repeat(width - 1)}:` : "-".repeat(width)));
  return [line(titles), line(rule), ...rows.map(line)].join("\n");
}

/** As docs/peers.md. `machine`: what it ran on. */
export function asMarkdown({ rate, rows }: Results, now: Date, machine: string): string {
  const figures = measuredOf(rows).map((row) => [named(row), ...cellsOf(row)]);
  const facts = rows.map((row) => [named(row), ...FACT_NAMES.map((fact) => row.facts[fact])]);
  const missing = missingOf(rows).map((row) => `Not compared: ${named(row)}: ${row.reason}`);
  const parts = [
    "# Benchmarks beside others",
    `Written by \`npm run bench:peers -- --write\` on ${now.toISOString().slice(0, 10)}: ${machine}.`,
    `JSON: a short answer. SSE: an event stream of 50 words.${rate === null ? "" : ` ${paced(rate)}`}`,
    ...(figures.length === 0 ? [] : [markdownTable(["", ...FIGURES.map(([title]) => title)], figures, true)]),
    ...missing,
    "## What each does",
    markdownTable(["", ...FACT_NAMES.map((fact) => FACTS[fact])], facts, false),
    "## What is like for like, and what isn't",
    list(LIKENESS),
  ];
  return `${parts.join("\n\n")}\n`;
}
