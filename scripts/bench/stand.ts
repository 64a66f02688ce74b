import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Limits, Policy } from "../../shared/policy.ts";
import type { TokenRecord } from "../../shared/record.ts";
import { generateToken, newTokenId } from "../../shared/token.ts";
import { workerdConfig } from "../../test/raw/config.ts";
import { bundleGateway, kvRows, portsOf, run, varsOf } from "../../test/raw/harness.ts";
import { type FakeKv, startKv } from "../../test/raw/kv.ts";
import { cpuMsOf, memoryOf, threadsMsOf } from "../../test/raw/process.ts";
import { recordOf } from "../../test/raw/record.ts";
import type { Job, Jobs } from "./jobs.ts";
import { BASELINE, LEAST, OWNER, RELAY } from "./workers.ts";

/** A token of the bench. */
export interface BenchToken {
  id: string;
  secret: string;
}

/** Everything that a benchmark runs on: both processes of the bench, and one workerd with the gateway and the baseline. */
export interface Stand {
  /** Ports. `direct`: the provider's own. */
  ports: { gateway: number; baseline: number; least: number; relay: number; direct: number };
  /**
   * `open`: for every path and model, so that nothing of a request's body matters. The others are as the owner's form makes
   * them: without limits, and with a budget and a rate that are never reached.
   */
  tokens: Record<"open" | "unlimited" | "limited", BenchToken>;
  kv: FakeKv;
  /** CPU time that workerd has taken so far, in ms; null where the system doesn't tell. */
  cpuMs(): number | null;
  /** Memory that workerd holds now, in bytes; null where the system doesn't tell. */
  memory(): number | null;
  /** Has the load generator do a job. */
  run<K extends Job["kind"]>(job: Extract<Job, { kind: K }>): Promise<Jobs[K][1]>;
  dispose(): Promise<void>;
}

const LIMITS: Limits = {
  requestsPerMinute: 1_000_000,
  tokensPerMinute: null,
  concurrency: null,
  queueSeconds: 10,
  budgets: [{ usd: 1_000_000, per: "month", warnAt: 0.8 }],
};

async function tokenOf(rules: Partial<Policy>): Promise<{ token: BenchToken; record: TokenRecord }> {
  const id = newTokenId();
  const secret = generateToken(id);
  return { token: { id, secret }, record: await recordOf(id, secret, rules) };
}

async function messageOf<T>(child: ChildProcess): Promise<T> {
  const [message] = (await once(child, "message")) as [T];
  return message;
}

/**
 * Starts all of it.
 *
 * @param entry the gateway's module, below the project's folder; another one may have the gateway with more around it
 * @throws where something doesn't start; nothing is left behind then
 */
export async function startStand(entry = "gateway/index.ts"): Promise<Stand> {
  const folder = await mkdtemp(join(tmpdir(), "doppelgate-bench-"));
  const provider = fork(join(import.meta.dirname, "provider.ts"));
  const load = fork(join(import.meta.dirname, "load.ts"));
  const [open, unlimited, limited] = await Promise.all([
    tokenOf({ endpoints: "all" }),
    tokenOf({}),
    tokenOf({ limits: LIMITS }),
  ]);
  const records = [open.record, unlimited.record, limited.record];
  const kv = await startKv(kvRows(records));
  let workerd: ChildProcess | null = null;
  const dispose = async (): Promise<void> => {
    for (const child of [provider, load, workerd]) child?.kill("SIGKILL");
    await kv.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const { port: direct } = await messageOf<{ port: number }>(provider);
    await bundleGateway(entry, join(folder, "gateway.js"));
    const storage = join(folder, "storage");
    await mkdir(storage);
    const upstream = `http://127.0.0.1:${direct}`;
    const vars = varsOf({ upstreams: { openai: upstream }, keys: { openai: "sk-bench" } });
    const config = workerdConfig({
      workers: [{ name: "gateway", bundle: "gateway.js", vars }],
      helpers: [
        { name: "baseline", code: BASELINE, vars: { UPSTREAM: upstream } },
        { name: "least", code: LEAST, vars: { UPSTREAM: upstream } },
        { name: "relay", code: RELAY, vars: { UPSTREAM: upstream } },
        { name: "owner", code: OWNER, services: { CONTROL: { service: "gateway", entrypoint: "Control" } } },
      ],
      kvAddress: kv.address,
      storage,
    });
    await writeFile(join(folder, "config.capnp"), config);
    const log: string[] = [];
    const running = run(folder, log);
    workerd = running.workerd;
    const ports = await portsOf(running, ["gateway", "baseline", "least", "relay", "owner"], log);
    for (const record of records) {
      const told = await fetch(`http://127.0.0.1:${ports.owner}/`, { method: "POST", body: JSON.stringify(record) });
      if (!told.ok) throw new Error(`The gateway wasn't told of a token: ${await told.text()}`);
    }
    const pid = workerd.pid ?? 0;
    return {
      ports: { ...ports, direct },
      tokens: { open: open.token, unlimited: unlimited.token, limited: limited.token },
      kv,
      cpuMs: () => threadsMsOf(pid) ?? cpuMsOf(pid),
      memory: () => memoryOf(pid),
      async run(job) {
        load.send(job);
        const { result, error } = await messageOf<{ result: never; error?: string }>(load);
        if (error !== undefined) throw new Error(`The load generator: ${error}`);
        return result;
      },
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}
