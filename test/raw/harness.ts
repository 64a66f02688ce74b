import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { build } from "esbuild";
import { buildGateway } from "../../scripts/build-gateway.ts";
import { PROVIDERS, type Provider } from "../../shared/providers.ts";
import type { TokenRecord } from "../../shared/record.ts";
import { workerdConfig } from "./config.ts";
import { type FakeKv, startKv } from "./kv.ts";

const ROOT = join(import.meta.dirname, "../..");
const START_TIMEOUT_MS = 30_000;

/** What a bare gateway needs. */
export interface RawSettings {
  /** Origin that stands in for each provider; those that are left out keep their real one, which can't be reached. */
  upstreams: Partial<Record<Provider, string>>;
  /** Provider keys; a provider without one isn't configured. */
  keys: Partial<Record<Provider, string>>;
  /** Token records, put into KV under each of their hashes. No guard is told of them. */
  records: readonly TokenRecord[];
  /** More vars of the Worker. */
  vars?: Record<string, string>;
  /** A module that exports the gateway with more around it, below the project's folder; left out: the gateway itself. */
  entry?: string;
}

/** The gateway on bare workerd. */
export interface RawGateway {
  /** Origin without a slash at the end. */
  url: string;
  /** Of the workerd process, for looking at its memory or ending it half-way. */
  pid: number;
  kv: FakeKv;
  /** What the Worker wrote to its log so far. */
  log: string[];
  /** Ends workerd and removes what it stored. */
  dispose(): Promise<void>;
}

/** Secrets and vars of a gateway. */
export function varsOf({
  upstreams,
  keys,
  vars = {},
}: Pick<RawSettings, "upstreams" | "keys" | "vars">): Record<string, string> {
  const rows = PROVIDERS.flatMap((provider) => [
    [`${provider.toUpperCase()}_UPSTREAM`, upstreams[provider]],
    [`${provider.toUpperCase()}_API_KEY`, keys[provider]],
  ]);
  return { ...Object.fromEntries(rows.filter(([, value]) => value !== undefined)), ...vars };
}

/** What KV holds of some records. */
export const kvRows = (records: readonly TokenRecord[]): (readonly [string, string])[] =>
  records.flatMap((record) => record.secrets.map(({ hash }) => [hash, JSON.stringify(record)] as const));

/** Waits until workerd listens on all of its sockets; it reports each port as a line of JSON on its control pipe. */
export async function portsOf<Name extends string>(
  { workerd, control }: Running,
  names: readonly Name[],
  log: readonly string[],
): Promise<Record<Name, number>> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fail = (why: string): void => reject(new Error(`workerd ${why}: ${log.join("\n")}`));
  const timer = setTimeout(() => fail("wasn't ready in time"), START_TIMEOUT_MS);
  workerd.once("error", reject);
  workerd.once("exit", (code) => fail(`ended with ${code}`));
  const ports = new Map<string, number>();
  createInterface({ input: control }).on("line", (line) => {
    const { event, socket, port } = JSON.parse(line) as { event: string; socket: string; port: number };
    if (event === "listen") ports.set(socket, port);
    if (names.every((name) => ports.has(name))) resolve();
  });
  try {
    await promise;
    return Object.fromEntries(ports) as Record<Name, number>;
  } finally {
    clearTimeout(timer);
  }
}

/** A process of workerd, and the pipe on which it tells what it does. */
interface Running {
  workerd: ChildProcess;
  control: Readable;
}

/**
 * Runs workerd on the configuration in a folder.
 *
 * @param log takes what it writes, line by line
 */
export function run(folder: string, log: string[]): Running {
  const { default: workerdPath } = createRequire(import.meta.url)("workerd") as { default: string };
  const workerd = spawn(workerdPath, ["serve", "--experimental", "--control-fd=3", join(folder, "config.capnp")], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  // A test run that is ended in the middle leaves no workerd behind.
  const kill = (): void => void workerd.kill("SIGKILL");
  process.once("exit", kill);
  workerd.once("exit", () => process.off("exit", kill));
  for (const stream of [workerd.stdout, workerd.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on("line", (line) => log.push(line));
  }
  return { workerd, control: workerd.stdio[3] as Readable };
}

/** Ends a process at once, as a crash would, and waits until it is gone. */
export async function end(workerd: ChildProcess): Promise<void> {
  if (workerd.exitCode !== null || workerd.signalCode !== null) return;
  const ended = once(workerd, "exit");
  workerd.kill("SIGKILL");
  await ended;
}

/** Bundles a module that exports the gateway. */
export async function bundleGateway(entry: string, outfile: string): Promise<void> {
  await buildGateway();
  await build({
    entryPoints: [join(ROOT, entry)],
    outfile,
    bundle: true,
    format: "esm",
    target: "es2024",
    external: ["cloudflare:workers"],
    logLevel: "warning",
  });
}

/**
 * Starts the gateway on bare workerd, as Cloudflare would run it but without the edge around it: what goes in and out is
 * what the Worker itself does. For wire tests, benchmarks and faults.
 *
 * @throws where it doesn't build or start; nothing is left behind then
 */
export async function start(settings: RawSettings): Promise<RawGateway> {
  const folder = await mkdtemp(join(tmpdir(), "doppelgate-raw-"));
  const storage = join(folder, "storage");
  await mkdir(storage);
  const kv = await startKv(kvRows(settings.records));
  const log: string[] = [];
  let workerd: ChildProcess | null = null;
  const dispose = async (): Promise<void> => {
    if (workerd !== null) await end(workerd);
    await kv.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await bundleGateway(settings.entry ?? "gateway/index.ts", join(folder, "gateway.js"));
    const worker = { name: "gateway", bundle: "gateway.js", vars: varsOf(settings) } as const;
    const facts = { workers: [worker], kvAddress: kv.address, storage };
    await writeFile(join(folder, "config.capnp"), workerdConfig(facts));
    const running = run(folder, log);
    workerd = running.workerd;
    const { gateway } = await portsOf(running, ["gateway"], log);
    return { url: `http://127.0.0.1:${gateway}`, pid: workerd.pid ?? 0, kv, log, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
