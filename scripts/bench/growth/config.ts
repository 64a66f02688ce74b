import { join } from "node:path";
import { unstable_readConfig as readConfig } from "wrangler";

const ROOT = join(import.meta.dirname, "../../..");

/** The part of wrangler's configuration used here; its own types need a package that wrangler doesn't install. */
interface WranglerConfig {
  compatibility_date: string;
  compatibility_flags: string[];
  alias?: Record<string, string>;
  kv_namespaces: { binding: string }[];
  services?: { binding: string; service: string; entrypoint?: string }[];
  durable_objects: { bindings: { name: string; class_name: string }[] };
}

/** The two Workers. */
export type WorkerName = "gateway" | "admin";

/** What a Worker's configuration says, from its `wrangler.*.toml`. */
export const wranglerOf = (name: WorkerName): WranglerConfig =>
  readConfig({ config: join(ROOT, `wrangler.${name}.toml`) }) as WranglerConfig;

/** What a configuration of both Workers needs. */
export interface PairFacts {
  /** Secrets and vars of each. */
  vars: Record<WorkerName, Record<string, string>>;
  /** `host:port` of the KV stand-in. */
  kvAddress: string;
  /** Folder for the storage of Durable Objects; SQLite needs a real one. */
  storage: string;
}

// A Cap'n Proto text literal takes JSON's escapes.
const text = (value: string): string => JSON.stringify(value);

function workerOf(name: WorkerName, vars: Record<string, string>): string {
  const config = wranglerOf(name);
  const objects = config.durable_objects.bindings;
  const services = config.services ?? [];
  const bindings = [
    ...config.kv_namespaces.map(({ binding }) => `(name = ${text(binding)}, kvNamespace = "kv")`),
    ...objects.map(({ name, class_name }) => `(name = ${text(name)}, durableObjectNamespace = ${text(class_name)})`),
    ...services.map(({ binding, entrypoint }) => {
      const point = entrypoint === undefined ? "" : `, entrypoint = ${text(entrypoint)}`;
      return `(name = ${text(binding)}, service = (name = "gateway"${point}))`;
    }),
    ...Object.entries(vars).map(([name, value]) => `(name = ${text(name)}, text = ${text(value)})`),
  ];
  const namespaces = objects.map(
    ({ class_name }) => `(className = ${text(class_name)}, uniqueKey = ${text(class_name)}, enableSql = true)`,
  );
  return `const ${name} :Workerd.Worker = (
  modules = [(name = "${name}.js", esModule = embed "${name}.js")],
  compatibilityDate = ${text(config.compatibility_date)},
  compatibilityFlags = [${config.compatibility_flags.map(text).join(", ")}],
  bindings = [${bindings.join(", ")}],
  durableObjectNamespaces = [${namespaces.join(", ")}],
  durableObjectStorage = (localDisk = "storage"),
);
`;
}

/**
 * The configuration of both Workers for `workerd serve`, bound to each other as their `wrangler.*.toml` say. The bundles
 * `gateway.js` and `admin.js` lie beside it.
 *
 * @returns Cap'n Proto text
 */
export function pairConfig({ vars, kvAddress, storage }: PairFacts): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "gateway", worker = .gateway),
    (name = "admin", worker = .admin),
    (name = "kv", external = (address = ${text(kvAddress)}, http = ())),
    (name = "storage", disk = (path = ${text(storage)}, writable = true)),
    (name = "internet", network = (allow = ["private"])),
  ],
  sockets = [
    (name = "gateway", address = "127.0.0.1:0", http = (), service = "gateway"),
    (name = "admin", address = "127.0.0.1:0", http = (), service = "admin"),
  ],
);
${workerOf("gateway", vars.gateway)}${workerOf("admin", vars.admin)}`;
}
