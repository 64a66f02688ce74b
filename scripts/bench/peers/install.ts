// Peers are installed when they are compared, into a cache outside of the project: nobody who runs the gateway needs them.
import { access, mkdir, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { type Program, runProgram } from "./processes.ts";

/** A command of an installation, which runs in the package's folder. */
export type Step = readonly [command: string, ...args: string[]];

/** A package that is installed. */
export interface Package {
  /** As its registry names it. */
  name: string;
  version: string;
  registry: "npm" | "PyPI";
  /** What lies in its folder before the first step, by name. */
  files: Readonly<Record<string, string>>;
  steps: readonly Step[];
}

/** Where a package is, or why it isn't there. */
export type Installed = { folder: string; reason: null } | { folder: null; reason: string };

/** Runs a program to its end, within a time in ms; rejects where it fails. */
export type Run = (program: Program, timeoutMs: number) => Promise<void>;

/** How long one step may take. LiteLLM is some 740 MB. */
const STEP_TIMEOUT_MS = 600_000;

/** The cache, where none is named: the user's own, since what others can write to must not be run. */
export const defaultCache = (): string =>
  join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "doppelgate-peers");

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * Installs a package, unless an earlier run did.
 *
 * @param cache folder of all peers; made where it isn't there
 * @returns its folder, or the reason why it can't be had
 */
export async function install(
  { name, version, registry, files, steps }: Package,
  cache: string,
  run: Run = runProgram,
): Promise<Installed> {
  const folder = join(cache, `${name.replaceAll(/\W+/g, "-").replace(/^-/, "")}-${version}`);
  // Written last: what an installation that was broken off left behind isn't used.
  const whole = join(folder, "whole");
  try {
    if (await exists(whole)) return { folder, reason: null };
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
    for (const [command, ...args] of steps) await run({ command, args, folder, env: process.env }, STEP_TIMEOUT_MS);
    await writeFile(whole, "");
    return { folder, reason: null };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { folder: null, reason: `${name} ${version} couldn't be installed from ${registry}: ${why}` };
  }
}
