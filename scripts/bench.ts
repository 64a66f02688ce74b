// `npm run bench`: what the gateway costs, on bare workerd, compared with a Worker that only passes requests on. A table on
// screen; with --json an object on the last line; with --write docs/benchmarks.md.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { QUICK, WHOLE } from "./bench/extents.ts";
import { figuresIn } from "./bench/figure.ts";
import { sectionsOf } from "./bench/figures.ts";
import { asJson, asMarkdown, asTable, machine } from "./bench/report.ts";
import { measureAll } from "./bench/running.ts";

const USAGE = `Usage: npm run bench -- [--quick] [--json] [--write] [--state=FOLDER]
  --quick  fewer and shorter rounds, and less stored: the figures are rough
  --json   one object on the last line
  --write  writes docs/benchmarks.md; what stands there between <!-- notes --> and <!-- /notes --> is kept
  --state  a folder that keeps what the growth is measured with, so that the next run needn't fill it again`;

const say = (text: string): void => console.error(`… ${text}`);

const DOCS = join(import.meta.dirname, "../docs/benchmarks.md");

const flags = {
  quick: { type: "boolean" },
  json: { type: "boolean" },
  write: { type: "boolean" },
  state: { type: "string" },
  help: { type: "boolean" },
} as const;
const { values } = parseArgs({ options: flags });
if (values.help === true) {
  console.log(USAGE);
} else {
  const measured = await measureAll(values.quick === true ? QUICK : WHOLE, values.state ?? null, say);
  const sections = sectionsOf(measured);
  console.log(asTable(figuresIn(sections)));
  if (values.write === true) {
    const before = existsSync(DOCS) ? readFileSync(DOCS, "utf8") : "";
    writeFileSync(DOCS, asMarkdown(sections, { now: new Date(), machine: machine(), before }));
    execFileSync("oxfmt", [DOCS]);
  }
  if (values.json === true) console.log(JSON.stringify(asJson(figuresIn(sections))));
}
