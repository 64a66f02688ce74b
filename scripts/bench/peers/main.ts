// `npm run bench:peers`: the gateway beside other gateways, under the same load, before the same provider, in the same run. See
// `--help`.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { machine } from "../report.ts";
import { comparePeers, installPeers } from "./compare.ts";
import { defaultCache } from "./install.ts";
import { LITELLM } from "./litellm.ts";
import type { Extent } from "./loading.ts";
import { PORTKEY } from "./portkey.ts";
import { asJson, asMarkdown, asTable } from "./report.ts";

const HELP = `Usage: npm run bench:peers -- [options]
  --quick         fewer and shorter rounds: the figures are rough
  --json          one object on the last line
  --write         writes docs/peers.md
  --cache=FOLDER  where the others' packages are kept; left out: ${defaultCache()}
The others' packages (some 800 MB) are installed when they are first compared: npm's by npm, PyPI's by python3 with pip. One that
can't be had is told with the reason. Exit code 1 only if none could be compared.`;

const WHOLE: Extent = { rounds: 5, loadMs: 3_000, pacedMs: 5_000, settleMs: 400 };
const QUICK: Extent = { rounds: 2, loadMs: 800, pacedMs: 1_000, settleMs: 400 };

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    cache: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(): Promise<void> {
  // What was started ends on `exit`, which a signal alone doesn't lead to.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
  const installed = await installPeers([PORTKEY, LITELLM], values.cache ?? defaultCache(), say);
  const results =
    installed.ready.length === 0
      ? { rate: null, rows: installed.missing }
      : await comparePeers(installed, values.quick ? QUICK : WHOLE, say);
  console.log(asTable(results));
  if (values.write)
    await writeFile(join(import.meta.dirname, "../../../docs/peers.md"), asMarkdown(results, new Date(), machine()));
  if (values.json) console.log(JSON.stringify(asJson(results)));
  if (results.rate === null) process.exitCode = 1;
}

if (values.help) say(HELP);
else await main();
