import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Outcome, Report } from "./summary.ts";
import type { Stage, Tier } from "./tiers.ts";

/**
 * Runs stages one after the other, the lanes of each beside each other, the tiers of a lane one after the other. What fails
 * holds nothing up.
 *
 * @param run runs one tier; `beside`: others run at the same time. May not reject
 * @returns what came of each tier, in the order of the table, whichever was over first
 */
export async function runStages<Result>(
  stages: readonly Stage[],
  run: (tier: Tier, beside: boolean) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const lanes of stages) {
    const ofLanes = lanes.map(async (lane) => {
      const ofLane: Result[] = [];
      for (const tier of lane) ofLane.push(await run(tier, lanes.length > 1));
      return ofLane;
    });
    results.push(...(await Promise.all(ofLanes)).flat());
  }
  return results;
}

/** Where a tier runs, and where what it prints goes. */
export interface Place {
  /** The program that runs tests. */
  vitest: string;
  /** Takes the reports; a file for each tier. */
  folder: string;
  print(text: string): void;
}

/** @returns its exit code; null where it couldn't be started or a signal ended it */
function runProgram(
  file: string,
  flags: readonly string[],
  take: ((chunk: Buffer) => void) | null,
): Promise<number | null> {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  const child = spawn(file, flags, { stdio: take === null ? "inherit" : ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr]) if (take !== null) stream?.on("data", take);
  child.on("error", (error) => {
    take?.(Buffer.from(`${error.message}\n`));
    resolve(null);
  });
  child.on("close", resolve);
  return promise;
}

function readReport(file: string): Report | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Report;
  } catch {
    return null;
  }
}

/**
 * Runs one tier.
 *
 * @param beside others run at the same time: what it prints is held back until it is over, so that nothing is mixed up
 */
export async function runTier({ name, config }: Tier, beside: boolean, place: Place): Promise<Outcome> {
  const since = performance.now();
  const report = join(place.folder, `${name}.json`);
  const flags = ["run", "--config", config, "--reporter=dot", "--reporter=json", `--outputFile.json=${report}`];
  const heading = `\n── ${name} tier\n`;
  const held: Buffer[] = [];
  place.print(beside ? `\n── ${name} tier begins beside another; its output follows when it is over\n` : heading);
  const exitCode = await runProgram(place.vitest, flags, beside ? (chunk) => void held.push(chunk) : null);
  if (beside) place.print(heading + Buffer.concat(held).toString("utf8"));
  return { name, exitCode, report: readReport(report), ms: performance.now() - since };
}
