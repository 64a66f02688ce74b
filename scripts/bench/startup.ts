import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { workerdConfig } from "../../test/raw/config.ts";
import { end, portsOf, run } from "../../test/raw/harness.ts";
import { firstThreadMsOf } from "../../test/raw/process.ts";
import { type Bundle, bundles, type WorkerName } from "./bundles.ts";

const EMPTY = "export default { fetch: () => new Response() };";

/** Nothing listens there: nothing asks KV before the first request. */
const NO_KV = "127.0.0.1:9";

/** What a workerd has in it: two Workers each, so that one costs the same as another but for its own code. */
const HOUSES = {
  empty: { workers: [], helpers: ["one", "two"] },
  gateway: { workers: ["gateway"], helpers: ["one"] },
  both: { workers: ["gateway", "admin"], helpers: [] },
} as const satisfies Record<string, { workers: readonly WorkerName[]; helpers: readonly string[] }>;

type House = keyof typeof HOUSES;

const HOUSE_NAMES = Object.keys(HOUSES) as House[];

/** Puts the bundles and the configuration of a workerd into a folder. */
async function furnish(folder: string, house: House, built: Record<WorkerName, Bundle>): Promise<void> {
  const storage = join(folder, "storage");
  await mkdir(storage, { recursive: true });
  const { workers, helpers } = HOUSES[house];
  const facts = [];
  for (const name of workers) {
    const files = [...built[name]];
    for (const [file, bytes] of files) await writeFile(join(folder, file === "index.js" ? `${name}.js` : file), bytes);
    const texts = files.map(([file]) => file).filter((file) => file !== "index.js");
    facts.push({ name, bundle: `${name}.js`, texts, vars: {} });
  }
  const empty = helpers.map((name) => ({ name, code: EMPTY }));
  const config = workerdConfig({ workers: facts, helpers: empty, kvAddress: NO_KV, storage });
  await writeFile(join(folder, "config.capnp"), config);
}

/** Starts it once; workerd runs the global scope of each Worker before it listens. Returns ms. */
async function startOnce(folder: string, house: House): Promise<number> {
  const { workers, helpers } = HOUSES[house];
  const log: string[] = [];
  const before = performance.now();
  const running = run(folder, log);
  try {
    await portsOf(running, [...workers, ...helpers], log);
    return firstThreadMsOf(running.workerd.pid ?? 0) ?? performance.now() - before;
  } finally {
    await end(running.workerd);
  }
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/**
 * What the global scope of each Worker costs, parsing and running it, on bare workerd: CPU time where the system tells it (as
 * Cloudflare counts it), else time on the clock; medians of starts in turns.
 *
 * @param rounds how often each is started
 * @returns ms beyond an empty Worker
 * @throws where a Worker doesn't build or start
 */
export async function startupTimes(rounds: number): Promise<Record<WorkerName, number>> {
  const built = await bundles();
  const folder = await mkdtemp(join(tmpdir(), "doppelgate-startup-"));
  const times: Record<House, number[]> = { empty: [], gateway: [], both: [] };
  try {
    for (const house of HOUSE_NAMES) await furnish(join(folder, house), house, built);
    for (let round = 0; round < rounds; round++) {
      for (const house of HOUSE_NAMES) times[house].push(await startOnce(join(folder, house), house));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const [empty, gateway, both] = HOUSE_NAMES.map((house) => medianOf(times[house])) as [number, number, number];
  return { gateway: gateway - empty, admin: both - gateway };
}
