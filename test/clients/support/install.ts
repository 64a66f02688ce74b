import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Bundle, INSTALLED, NPM, PYTHON, SOURCE } from "./folders.ts";

/** Oldest Python that google-genai 3.4 runs on (its Requires-Python on PyPI). */
const PYTHON_NEEDED = [3, 11] as const;
const PYTHON_NAMES = ["python3", "python3.14", "python3.13", "python3.12", "python3.11"];
/** Written last, so that an install that broke off isn't taken for a whole one. */
const DONE = ".done";

/** npm runs no install script here; these two only link the binary that npm brought to where the CLI starts it. */
const LINKS = ["node_modules/@anthropic-ai/claude-code/install.cjs", "node_modules/opencode-ai/postinstall.mjs"];

/** @throws with everything the command printed, where it fails or isn't there */
function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  const said: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => said.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
  child.on("error", reject);
  child.on("close", (code) => {
    const text = Buffer.concat(said).toString("utf8");
    if (code === 0) resolve(text);
    else reject(new Error(`${command} ${args.join(" ")} ended with ${code}:\n${text}`));
  });
  return promise;
}

/** @throws where no Python is new enough: a clear word before anything is fetched */
async function findPython(): Promise<string> {
  const [major, minor] = PYTHON_NEEDED;
  const found: string[] = [];
  for (const name of PYTHON_NAMES) {
    const version = await run(name, ["-c", "import sys; print(*sys.version_info[:2])"], SOURCE).catch(() => null);
    if (version === null) continue;
    const [its = 0, minorOfIt = 0] = version.trim().split(" ").map(Number);
    if (its === major && minorOfIt >= minor) return name;
    found.push(`${name} is ${its}.${minorOfIt}`);
  }
  const there = found.length === 0 ? "there is none" : found.join(", ");
  throw new Error(`The clients tier needs Python ${major}.${minor} or newer as python3 (${there}).`);
}

async function installNpm(folder: string): Promise<void> {
  // Not `npm ci`: it wants the binaries of every system to be in the lock file, and some registries don't have them all.
  // What the lock file has is taken from there, hashes included.
  await run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], folder);
  for (const script of LINKS) await run(process.execPath, [script], folder);
}

async function makeVenv(folder: string): Promise<void> {
  await run(await findPython(), ["-m", "venv", "venv"], folder).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`python3 can't make a venv; on Debian and Ubuntu that needs python3-venv. ${why}`);
  });
}

async function installPython(folder: string): Promise<void> {
  await makeVenv(folder);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"];
  // The list is whole. Asked to look for dependencies too, an older pip takes the newest `google-auth[requests]`, which is newer
  // than the list by now, and stops because that one has no hash.
  const list = ["--no-deps", "--require-hashes", "-r", "requirements.txt"];
  await run(join(folder, "venv/bin/python"), [...pip, ...list], folder);
}

async function install(bundle: Bundle, fill: (folder: string) => Promise<void>): Promise<void> {
  const { kind, lists, folder } = bundle;
  if (!existsSync(join(folder, DONE))) {
    const began = performance.now();
    mkdirSync(INSTALLED, { recursive: true });
    // Older lists too: 1.6 GB each.
    for (const old of readdirSync(INSTALLED).filter((name) => name.startsWith(`${kind}-`))) {
      rmSync(join(INSTALLED, old), { recursive: true });
    }
    mkdirSync(folder);
    for (const list of lists) cpSync(join(SOURCE, kind, list), join(folder, list));
    await fill(folder);
    writeFileSync(join(folder, DONE), "");
    console.log(`Clients from ${kind}: installed in ${Math.round((performance.now() - began) / 1000)} s.`);
  }
  // Beside node_modules, so that their imports are found.
  rmSync(join(folder, "programs"), { recursive: true, force: true });
  cpSync(join(SOURCE, "programs"), join(folder, "programs"), { recursive: true });
}

/** Installs the pinned clients, unless they are there already. @throws where npm, PyPI or python3 can't be used */
export default async function setup(): Promise<void> {
  // One after the other: Python's, the smaller one, says first what is missing, and nothing goes on behind a failure.
  await install(PYTHON, installPython);
  await install(NPM, installNpm);
}
