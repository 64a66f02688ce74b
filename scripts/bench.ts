// `npm run bench`: what the gateway costs, on bare workerd, compared with a Worker that only passes requests on. A table on
// screen; with --json an object on the last line; with --write docs/benchmarks.md.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Extent, type Figure, measureAll, operationFigures } from "./bench/figures.ts";
import { countOperations } from "./bench/operations.ts";
import { asJson, asMarkdown, asTable } from "./bench/report.ts";
import { startStand } from "./bench/stand.ts";

const USAGE = `Usage: npm run bench -- [--quick] [--json] [--write]
  --quick  fewer and shorter rounds: the figures are rough
  --json   one object on the last line
  --write  writes docs/benchmarks.md`;

const WHOLE: Extent = { rounds: 5, loadMs: 3_000, chunks: 200_000, megabytes: 200, messages: 50_000 };
const QUICK: Extent = { rounds: 2, loadMs: 800, chunks: 20_000, megabytes: 50, messages: 5_000 };

async function measured(extent: Extent): Promise<Figure[]> {
  const stand = await startStand();
  try {
    return await measureAll(stand, extent);
  } finally {
    await stand.dispose();
  }
}

async function figuresOf(extent: Extent): Promise<Figure[]> {
  const figures = await measured(extent);
  const counted = [];
  for (const way of ["unlimited", "limited"] as const) {
    const name = way === "unlimited" ? "token without limits" : "token with limits";
    counted.push(
      ...operationFigures(`${name}, 100 a second`, await countOperations(way, 100, 10_000), way === "unlimited"),
    );
    counted.push(...operationFigures(`${name}, one every 2 s`, await countOperations(way, 0.5, 20_000), false));
  }
  return [...figures, ...counted];
}

const flags = {
  quick: { type: "boolean" },
  json: { type: "boolean" },
  write: { type: "boolean" },
  help: { type: "boolean" },
} as const;
const { values } = parseArgs({ options: flags });
if (values.help === true) {
  console.log(USAGE);
} else {
  const figures = await figuresOf(values.quick === true ? QUICK : WHOLE);
  console.log(asTable(figures));
  if (values.write === true)
    await writeFile(join(import.meta.dirname, "../docs/benchmarks.md"), asMarkdown(figures, new Date()));
  if (values.json === true) console.log(JSON.stringify(asJson(figures)));
}
