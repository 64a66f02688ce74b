import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { build } from "esbuild";
import { type FakeKv, startKv } from "../../../test/raw/kv.ts";
import { buildConsole } from "../../build-console.ts";
import { buildGateway } from "../../build-gateway.ts";
import { pairConfig, type WorkerName, wranglerOf } from "./config.ts";

const ROOT = join(import.meta.dirname, "../../..");
const START_TIMEOUT_MS = 60_000;

/** The password of the admin: only this benchmark, on this machine, ever asks for it. */
export const PASSWORD = "growth-benchmark-password";

/** Both Workers on bare workerd. */
export interface Pair {
  /** Origins without a slash at the end. */
  gateway: string;
  admin: string;
  kv: FakeKv;
  /** What the Workers wrote to their log. */
  log: string[];
  /** Ends workerd; what it stored stays. */
  stop(): Promise<void>;
}

/** Builds both Workers, with the benchmark's doors, into a folder. */
export async function buildPair(folder: string): Promise<void> {
  await Promise.all([buildGateway(), buildConsole()]);
  for (const name of ["gateway", "admin"] as const satisfies WorkerName[]) {
    const alias = Object.entries(wranglerOf(name).alias ?? {}).map(([from, to]) => [from, join(ROOT, to)] as const);
    await build({
      entryPoints: [join(import.meta.dirname, "worker", `${name}.ts`)],
      outfile: join(folder, `${name}.js`),
      alias: Object.fromEntries(alias),
      bundle: true,
      minify: true,
      format: "esm",
      target: "es2024",
      external: ["cloudflare:workers"],
      logLevel: "warning",
    });
  }
}

/** Waits until workerd listens; it reports each port as a line of JSON on its control pipe. */
async function portsOf(workerd: ChildProcess, control: Readable, log: readonly string[]): Promise<Map<string, number>> {
  const { promise, resolve, reject } = Promise.withResolvers<Map<string, number>>();
  const ports = new Map<string, number>();
  const fail = (why: string): void => reject(new Error(`workerd ${why}: ${log.join("\n")}`));
  const timer = setTimeout(() => fail("wasn't ready in time"), START_TIMEOUT_MS);
  workerd.once("error", reject);
  workerd.once("exit", (code) => fail(`ended with ${code}`));
  createInterface({ input: control }).on("line", (line) => {
    const { event, port, socket } = JSON.parse(line) as { event: string; port: number; socket: string };
    if (event === "listen") ports.set(socket, port);
    if (ports.size === 2) resolve(ports);
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

function run(config: string, log: string[]): ChildProcess {
  const { default: workerdPath } = createRequire(import.meta.url)("workerd") as { default: string };
  const workerd = spawn(workerdPath, ["serve", "--experimental", "--control-fd=3", config], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  // A run that is ended in the middle leaves no workerd behind.
  const kill = (): void => void workerd.kill("SIGKILL");
  process.once("exit", kill);
  workerd.once("exit", () => process.off("exit", kill));
  for (const stream of [workerd.stdout, workerd.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on("line", (line) => log.push(line));
  }
  return workerd;
}

/**
 * Starts both Workers.
 *
 * @param bundles the folder that `buildPair` built into
 * @param state folder for their storage; it is made where it isn't there
 * @param upstream origin that stands in for OpenAI
 */
export async function startPair(bundles: string, state: string, upstream: string): Promise<Pair> {
  mkdirSync(state, { recursive: true });
  const kv = await startKv([]);
  const log: string[] = [];
  const vars = {
    gateway: { OPENAI_UPSTREAM: upstream, OPENAI_API_KEY: "benchmark-key-of-nobody", REGION_RELAY: "off" },
    admin: { ADMIN_SECRET: PASSWORD },
  };
  const config = join(bundles, `config-${kv.address.split(":").at(-1)}.capnp`);
  writeFileSync(config, pairConfig({ vars, kvAddress: kv.address, storage: state }));
  const workerd = run(config, log);
  const stop = async (): Promise<void> => {
    if (workerd.exitCode === null && workerd.signalCode === null) {
      const ended = once(workerd, "exit");
      workerd.kill("SIGTERM");
      await ended;
    }
    await kv.close();
  };
  try {
    const ports = await portsOf(workerd, workerd.stdio[3] as Readable, log);
    const origin = (name: string): string => `http://127.0.0.1:${ports.get(name)}`;
    return { gateway: origin("gateway"), admin: origin("admin"), kv, log, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
