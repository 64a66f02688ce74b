import { join } from "node:path";
import { unstable_readConfig as readConfig } from "wrangler";

const ROOT = join(import.meta.dirname, "../..");

/** The part of wrangler's configuration used here; its own types need a package that wrangler doesn't install. */
interface WranglerConfig {
  compatibility_date: string;
  compatibility_flags: string[];
  kv_namespaces: { binding: string }[];
  durable_objects: { bindings: { name: string; class_name: string }[] };
}

/** What a workerd configuration of the gateway needs. */
export interface ConfigFacts {
  /** File name of the bundle, beside the configuration. */
  bundle: string;
  /** Secrets and vars. */
  vars: Record<string, string>;
  /** `host:port` of the KV stand-in. */
  kvAddress: string;
  /** Folder for the storage of Durable Objects; SQLite needs a real one. */
  storage: string;
}

// A Cap'n Proto text literal takes JSON's escapes.
const text = (value: string): string => JSON.stringify(value);

/**
 * The configuration of the gateway for `workerd serve`: what wrangler.gateway.toml says, on bare workerd. Nothing here
 * emulates Cloudflare's edge, unlike `wrangler dev`: no header is added, no coding undone, no address tidied.
 *
 * @returns Cap'n Proto text
 */
export function gatewayConfig({ bundle, vars, kvAddress, storage }: ConfigFacts): string {
  const config = readConfig({ config: join(ROOT, "wrangler.gateway.toml") }) as WranglerConfig;
  const objects = config.durable_objects.bindings;
  const bindings = [
    ...config.kv_namespaces.map(({ binding }) => `(name = ${text(binding)}, kvNamespace = "kv")`),
    ...objects.map(({ name, class_name }) => `(name = ${text(name)}, durableObjectNamespace = ${text(class_name)})`),
    ...Object.entries(vars).map(([name, value]) => `(name = ${text(name)}, text = ${text(value)})`),
  ];
  const namespaces = objects.map(
    ({ class_name }) => `(className = ${text(class_name)}, uniqueKey = ${text(class_name)}, enableSql = true)`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "gateway", worker = .gateway),
    (name = "kv", external = (address = ${text(kvAddress)}, http = ())),
    (name = "storage", disk = (path = ${text(storage)}, writable = true)),
    (name = "internet", network = (allow = ["private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "gateway")],
);
const gateway :Workerd.Worker = (
  modules = [(name = ${text(bundle)}, esModule = embed ${text(bundle)})],
  compatibilityDate = ${text(config.compatibility_date)},
  compatibilityFlags = [${config.compatibility_flags.map(text).join(", ")}],
  bindings = [${bindings.join(", ")}],
  durableObjectNamespaces = [${namespaces.join(", ")}],
  durableObjectStorage = (localDisk = "storage"),
);
`;
}
