// `npm test`: every tier, in the order of scripts/tiers/tiers.ts, and one line at the end that says how many tests passed and
// failed. `npm test -- --all` runs the agent CLIs too, which have to be installed first (2 GB, once); CI does.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runStages, runTier } from "./tiers/running.ts";
import { summaryOf } from "./tiers/summary.ts";
import { stagesOf } from "./tiers/tiers.ts";

const { values } = parseArgs({ options: { all: { type: "boolean", default: false } } });

const folder = mkdtempSync(join(tmpdir(), "doppelgate-report-"));
try {
  const place = { vitest: "vitest", folder, print: (text: string) => void process.stdout.write(text) };
  const outcomes = await runStages(stagesOf(values.all), (tier, beside) => runTier(tier, beside, place));
  const { lines, passed } = summaryOf(outcomes, process.cwd());
  console.log(lines.join("\n"));
  process.exitCode = passed ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
