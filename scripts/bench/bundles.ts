import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const ROOT = join(import.meta.dirname, "../..");

/** The two Workers. */
export type WorkerName = "gateway" | "admin";

/** What a deployment uploads, by file name; `index.js` is the module that Cloudflare starts. */
export type Bundle = ReadonlyMap<string, Buffer>;

async function bundle(name: WorkerName): Promise<Bundle> {
  const outdir = await mkdtemp(join(tmpdir(), "doppelgate-bundle-"));
  try {
    const args = ["deploy", "--dry-run", "--minify", "-c", `wrangler.${name}.toml`, "--outdir", outdir];
    const env = { ...process.env, WRANGLER_SEND_METRICS: "false" };
    await promisify(execFile)("wrangler", args, { cwd: ROOT, env });
    const files = (await readdir(outdir)).filter((file) => !file.endsWith(".map") && file !== "README.md");
    return new Map(await Promise.all(files.map(async (file) => [file, await readFile(join(outdir, file))] as const)));
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}

async function bundleBoth(): Promise<Record<WorkerName, Bundle>> {
  return { gateway: await bundle("gateway"), admin: await bundle("admin") };
}

let built: Promise<Record<WorkerName, Bundle>> | null = null;

/**
 * Both Workers as a deployment would upload them, built once in a process.
 *
 * @throws where one doesn't build; wrangler's own words are in the message
 */
export async function bundles(): Promise<Record<WorkerName, Bundle>> {
  built ??= bundleBoth();
  return built;
}
