import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TokenRecord } from "../../../shared/record.ts";
import type { LimitStanding, RequestEntry, UsageReport } from "../../../shared/usage.ts";
import { type FakeProvider, startFakeProvider } from "../../fake-provider/index.ts";
import { ADMIN_SECRET, type AdminClient, KEYS, signIn } from "../../harness.ts";
import { workerdConfig, type WorkerFacts } from "../../raw/config.ts";
import { end, portsOf, run, varsOf } from "../../raw/harness.ts";
import { type FakeKv, startKv } from "../../raw/kv.ts";
import { bundles } from "./bundles.ts";
import type { Trouble } from "./trouble.ts";

/** What a guard's books say. */
export interface Books {
  standing: LimitStanding | null;
  entries: RequestEntry[];
  usage: UsageReport;
}

/** How the Workers are started. */
export interface Manner {
  /** Left out: the admin as it is, bound to the gateway's `Control`. `none`: it was deleted. */
  admin?: "none" | { entrypoint: string };
}

/** Gateway, admin, KV and providers, on one storage that outlives them. */
export interface World {
  /** Origins without a slash at the end; others after each start. */
  gatewayUrl: string;
  adminUrl: string;
  kv: FakeKv;
  provider: FakeProvider;
  /** What the Workers wrote to their logs so far. */
  log: string[];
  /** The owner's client, signed in at the last start with an admin. */
  admin: AdminClient;
  /** Ends workerd as a crash would, with SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again on the same storage. */
  restart(manner?: Manner): Promise<void>;
  /** Gives a guard trouble; null takes it away. */
  trouble(tokenId: string, trouble: Partial<Trouble> | null): Promise<void>;
  crashGuard(tokenId: string): Promise<void>;
  /** Has a guard do what its alarm would do later, by so many ms. */
  ringGuard(tokenId: string, aheadMs: number): Promise<void>;
  books(tokenId: string): Promise<Books>;
  /** Calls the gateway's RPC from the admin's side. */
  rpc(method: string, ...args: unknown[]): Promise<Response>;
  /** A token's record in KV under the hash of a secret. */
  recordIn(hash: string): TokenRecord | null;
  dispose(): Promise<void>;
}

const EVERYTHING: Trouble = { kind: "fails", calls: ["recall", "admit", "settle", "apply"], times: null, ms: 0 };

function workersOf(provider: FakeProvider, vars: Record<string, string>, { admin }: Manner): WorkerFacts[] {
  const upstreams = { openai: provider.url, anthropic: provider.url, gemini: provider.url };
  const gateway = {
    name: "gateway",
    bundle: "gateway.js",
    vars: { ...varsOf({ upstreams, keys: KEYS }), ...vars },
  } as const;
  if (admin === "none") return [gateway];
  const entrypoints: Record<string, string> = admin === undefined ? {} : { GATEWAY: admin.entrypoint };
  return [gateway, { name: "admin", bundle: "admin.js", vars: { ADMIN_SECRET }, entrypoints }];
}

/** What a door answers. */
async function knock(url: string, body?: unknown): Promise<Response> {
  const answer = await fetch(url, { method: "POST", ...(body !== undefined && { body: JSON.stringify(body) }) });
  return answer;
}

/**
 * Starts a whole Doppelgate on bare workerd, in front of one fake provider that is all three.
 *
 * @param vars more of the gateway's
 * @param provider left out: one that answers as its models' names ask for
 */
export async function startWorld(vars: Record<string, string> = {}, given?: FakeProvider): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), "doppelgate-world-"));
  const storage = join(folder, "storage");
  await mkdir(storage);
  const built = await bundles();
  for (const name of ["gateway.js", "admin.js"]) await copyFile(join(built, name), join(folder, name));
  const kv = await startKv([]);
  const provider = given ?? (await startFakeProvider({ keys: KEYS }));
  const log: string[] = [];
  let running: ReturnType<typeof run> | null = null;
  const kill = async (): Promise<void> => {
    if (running !== null) await end(running.workerd);
    running = null;
  };
  const door = (what: string, query: Record<string, string>, body?: unknown): Promise<Response> =>
    knock(`${world.gatewayUrl}/faults/${what}?${new URLSearchParams(query)}`, body);
  const restart = async (manner: Manner = {}): Promise<void> => {
    await kill();
    const workers = workersOf(provider, vars, manner);
    await writeFile(join(folder, "config.capnp"), workerdConfig({ workers, kvAddress: kv.address, storage }));
    running = run(folder, log);
    const ports = await portsOf(
      running,
      workers.map(({ name }) => name),
      log,
    );
    world.gatewayUrl = `http://127.0.0.1:${ports.gateway}`;
    if (manner.admin === "none") return;
    world.adminUrl = `http://127.0.0.1:${ports.admin}`;
    world.admin = await signIn(world.adminUrl);
  };
  // What isn't known before the first start is put in by it.
  const world = {
    kv,
    provider,
    log,
    kill,
    restart,
    trouble: async (token, trouble) =>
      void (await door("trouble", { token }, trouble === null ? null : { ...EVERYTHING, ...trouble })),
    crashGuard: async (token) => void (await door("crash", { token })),
    ringGuard: async (token, aheadMs) => void (await door("ring", { token, ahead: String(aheadMs) })),
    books: async (token) => (await (await door("books", { token })).json()) as Books,
    rpc: (name, ...args) => knock(`${world.adminUrl}/faults/rpc?name=${name}`, args),
    recordIn: (hash) => JSON.parse(kv.values.get(hash) ?? "null") as TokenRecord | null,
    async dispose() {
      await kill();
      await kv.close();
      await provider.close();
      await rm(folder, { recursive: true, force: true });
    },
  } as World;
  try {
    await restart();
    return world;
  } catch (error) {
    await world.dispose();
    throw error;
  }
}
