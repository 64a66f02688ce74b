import { join } from "node:path";
import { unstable_startWorker as startWorker } from "wrangler";
import { type Front, openFront } from "./front.ts";

const ROOT = join(import.meta.dirname, "../..");
const LOOPBACK = "127.0.0.1";
const START_TIMEOUT_MS = 60_000;

/** How much wrangler prints. */
export type LogLevel = "none" | "error" | "warn" | "log" | "debug";

/** One of the two Workers. */
export interface WorkerSettings {
  /** 0: any free port. */
  port: number;
  /**
   * Secrets and vars. They are the only ones: `.dev.vars` and `.env` files are never read here. Where the admin's have no
   * `GATEWAY_URL`, it is the gateway's origin.
   */
  vars: Record<string, string>;
}

/** What `startPair` needs. */
export interface PairSettings {
  gateway: WorkerSettings;
  admin: WorkerSettings;
  /** Folder for the state of KV and the Durable Objects; both Workers share it, so that they share KV. */
  persist: string;
  /** Folder where the Workers find each other. Private: the usual one is shared by all of a user's `wrangler dev`. */
  registryPath: string;
  logLevel: LogLevel;
  /** Takes what a Worker writes to its log, a line at a time. */
  onLog?: (worker: "gateway" | "admin", line: string) => void;
}

/** The running pair. */
export interface Pair {
  /** Origin without a slash at the end. */
  gatewayUrl: string;
  /** Origin without a slash at the end. */
  adminUrl: string;
  /** Ends the admin alone, so that whatever the gateway does from then on it does without it. */
  endAdmin(): Promise<void>;
  /** Ends both Workers and every process they started. */
  dispose(): Promise<void>;
}

interface Loaded {
  proxyData: { userWorkerUrl: { hostname: string; port: string } };
}

/** The part of wrangler's Worker handle used here; its own types need a package that wrangler doesn't install. */
interface RunningWorker {
  url: Promise<URL>;
  raw: {
    on(event: "buildFailed" | "error", listener: (reason: unknown) => void): unknown;
    on(event: "reloadComplete", listener: (loaded: Loaded) => void): unknown;
    teardown(): Promise<void>;
  };
}

/** The innermost reason: wrangler wraps it. */
function describe(reason: unknown): string {
  if (typeof reason === "object" && reason !== null && "cause" in reason && reason.cause) return describe(reason.cause);
  return reason instanceof Error ? reason.message : String(reason);
}

/**
 * Waits until the Worker listens; wrangler itself would wait forever on a build that fails.
 *
 * @returns the origin of its own socket
 */
async function listening(worker: RunningWorker): Promise<string> {
  const { promise: failed, reject } = Promise.withResolvers<never>();
  const { promise: loaded, resolve } = Promise.withResolvers<string>();
  worker.raw.on("buildFailed", reject);
  worker.raw.on("error", reject);
  worker.raw.on("reloadComplete", ({ proxyData }) => {
    const { hostname, port } = proxyData.userWorkerUrl;
    resolve(`http://${hostname}:${port}`);
  });
  const slow = new Error(`it wasn't ready after ${START_TIMEOUT_MS / 1000} s`);
  const timer = setTimeout(() => reject(slow), START_TIMEOUT_MS);
  try {
    const [, workerUrl] = await Promise.race([Promise.all([worker.url, loaded]), failed]);
    return workerUrl;
  } finally {
    clearTimeout(timer);
  }
}

async function start(name: "gateway" | "admin", pair: PairSettings): Promise<RunningWorker> {
  const secrets = Object.entries(pair[name].vars).map(([key, value]) => [key, { type: "secret_text", value }]);
  return startWorker({
    config: join(ROOT, `wrangler.${name}.toml`),
    // Naming a file keeps wrangler from looking for `.dev.vars`; this one doesn't exist, so nothing at all is read.
    envFiles: [join(pair.persist, "no-such-file.env")],
    bindings: Object.fromEntries(secrets),
    // The Worker's own build command is written for this folder, wherever the process was started.
    build: { custom: { workingDirectory: ROOT } },
    sendMetrics: false,
    dev: {
      // Any port: what people connect to is the front.
      server: { hostname: LOOPBACK, port: 0 },
      inspector: false,
      watch: false,
      liveReload: false,
      generateTypes: false,
      persist: pair.persist,
      registry: pair.registryPath,
      logLevel: pair.logLevel,
      structuredLogsHandler: ({ message }: { message: string }) => pair.onLog?.(name, message),
    },
  });
}

/**
 * Starts gateway and admin on workerd, on 127.0.0.1, and waits until both listen.
 *
 * @param settings ports, secrets and folders; the folders must exist
 * @throws where one of the two doesn't build or can't listen; the other one is ended then
 */
export async function startPair(settings: PairSettings): Promise<Pair> {
  // Otherwise each start asks a host of Cloudflare for the `request.cf` of this machine's address.
  process.env.CLOUDFLARE_CF_FETCH_ENABLED = "false";
  // Otherwise wrangler stores every request with its address, in which a token may stand, and opens the storage to whoever asks.
  process.env.X_LOCAL_OBSERVABILITY = "false";
  process.env.X_LOCAL_EXPLORER = "false";
  const running = new Map<"gateway" | "admin", RunningWorker>();
  const fronts = new Map<"gateway" | "admin", Front>();
  const end = async (names: readonly ("gateway" | "admin")[]): Promise<void> => {
    await Promise.all(names.map(async (name) => fronts.get(name)?.close()));
    // Settled: a Worker that never came up throws the reason once more, when the other one still has to end.
    await Promise.allSettled(names.map(async (name) => running.get(name)?.raw.teardown()));
    for (const name of names) {
      fronts.delete(name);
      running.delete(name);
    }
  };
  const dispose = (): Promise<void> => end(["gateway", "admin"]);
  const run = async (name: "gateway" | "admin", vars = settings[name].vars): Promise<string> => {
    try {
      const worker = await start(name, { ...settings, [name]: { ...settings[name], vars } });
      running.set(name, worker);
      const front = await openFront(settings[name].port, await listening(worker));
      fronts.set(name, front);
      return front.url;
    } catch (error) {
      throw new Error(`The ${name} Worker didn't start: ${describe(error)}`, { cause: error });
    }
  };
  try {
    // The gateway first: the admin's binding then finds it at once in the registry folder.
    const gatewayUrl = await run("gateway");
    const adminUrl = await run("admin", { GATEWAY_URL: gatewayUrl, ...settings.admin.vars });
    return { gatewayUrl, adminUrl, endAdmin: () => end(["admin"]), dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
