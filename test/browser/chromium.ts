import { execFile } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Browser, chromium } from "playwright-core";

const run = promisify(execFile);

/** Programs that are a Chromium, by the names under which systems install them. */
const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const MAC_PATHS = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
const FLAGS = ["--headless", "--no-sandbox", "--disable-background-networking"];
const CACHE = join(import.meta.dirname, "../../node_modules/.cache/doppelgate-chromium");

/** A Chromium that can be started. */
export interface FoundChromium {
  path: string;
  /** Variables that lead it to the libraries and fonts which a bare machine lacks. */
  environment: Record<string, string>;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function installed(environment: NodeJS.ProcessEnv): string | undefined {
  const folders = (environment["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const candidates = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [...candidates, ...MAC_PATHS].find(isProgram);
}

/**
 * Unpacks the Chromium that npm brought (Linux only). Its package unpacks into the system's temporary folder, where another
 * user might have put a program under the same name, and where a half-written one would be taken for whole; so it is
 * unpacked beside its place and moved there when it is complete. A process of its own does it: what else this one makes
 * meanwhile in its temporary folder, Workers for one, would be moved along.
 */
async function unpacked(): Promise<FoundChromium> {
  const packageFolder = join(dirname(fileURLToPath(import.meta.resolve("@sparticuz/chromium"))), "..");
  const { version } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as { version: string };
  const home = join(CACHE, version);
  if (!existsSync(home)) {
    await mkdir(CACHE, { recursive: true });
    const folder = await mkdtemp(join(CACHE, "unpacking-"));
    try {
      const environment = { ...process.env, TMPDIR: folder };
      await run(process.execPath, [join(import.meta.dirname, "unpack-chromium.ts"), packageFolder], {
        env: environment,
      });
      await rename(folder, home);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  const known = process.env["LD_LIBRARY_PATH"];
  const libraries = [join(home, "al2023/lib"), ...(known === undefined ? [] : [known])].join(delimiter);
  const environment = { LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: join(home, "fonts") };
  return { path: join(home, "chromium"), environment };
}

/**
 * Finds a Chromium: the one that `CHROME_PATH` names, else one that is installed, else the one of the npm package
 * `@sparticuz/chromium`, which also runs on a bare Linux machine.
 *
 * @param environment where `CHROME_PATH` and `PATH` are looked up
 * @throws where `CHROME_PATH` names no program
 */
export async function findChromium(environment: NodeJS.ProcessEnv = process.env): Promise<FoundChromium> {
  const named = environment["CHROME_PATH"];
  if (named !== undefined && named !== "") {
    if (!isProgram(named)) throw new Error(`CHROME_PATH is no program: ${named}`);
    return { path: named, environment: {} };
  }
  const path = installed(environment);
  return path === undefined ? unpacked() : { path, environment: {} };
}

/**
 * Starts a Chromium without a window. Whoever starts it closes it.
 *
 * @param found which one; looked for where it is left out
 */
export async function launchChromium(found?: FoundChromium): Promise<Browser> {
  const { path, environment } = found ?? (await findChromium());
  const own = Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return chromium.launch({ executablePath: path, args: FLAGS, env: { ...Object.fromEntries(own), ...environment } });
}
