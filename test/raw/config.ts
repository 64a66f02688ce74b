import { join } from "node:path";
import { unstable_readConfig as readConfig } from "wrangler";

const ROOT = join(import.meta.dirname, "../..");

/** The part of wrangler's configuration used here; its own types need a package that wrangler doesn't install. */
interface WranglerConfig {
  compatibility_date: string;
  compatibility_flags: string[];
  kv_namespaces: { binding: string }[];
  durable_objects: { bindings: { name: string; class_name: string }[] };
  services: { binding: string; service: string; entrypoint?: string }[];
}

/** A Worker in a workerd configuration. */
export interface WorkerFacts {
  /** As `wrangler.<name>.toml` has it. */
  name: "gateway" | "admin";
  /** File name of the bundle, beside the configuration. */
  bundle: string;
  /** File names of what the bundle imports as text, beside it. */
  texts?: readonly string[];
  /** Secrets and vars. */
  vars: Record<string, string>;
  /** Entrypoints that service bindings lead to, where it isn't the one that the file names; by binding. */
  entrypoints?: Record<string, string>;
}

/** What a workerd configuration needs. */
export interface ConfigFacts {
  /** Each has a socket of its name. */
  workers: readonly WorkerFacts[];
  /** `host:port` of the KV stand-in. */
  kvAddress: string;
  /** Folder for the storage of Durable Objects; SQLite needs a real one. */
  storage: string;
  /** Small Workers beside them, each with a socket of its name. */
  helpers?: readonly HelperFacts[];
}

/** A Worker that isn't one of the project's. */
export interface HelperFacts {
  name: string;
  /** Its one module. */
  code: string;
  vars?: Record<string, string>;
  /** Entrypoints of the project's Workers, by the name of the binding. */
  services?: Record<string, { service: WorkerFacts["name"]; entrypoint: string }>;
}

// A Cap'n Proto text literal takes JSON's escapes.
const text = (value: string): string => JSON.stringify(value);

function workerText({ name, bundle, texts = [], vars, entrypoints = {} }: WorkerFacts): string {
  const config = readConfig({ config: join(ROOT, `wrangler.${name}.toml`) }) as WranglerConfig;
  const objects = config.durable_objects.bindings;
  const bindings = [
    ...config.kv_namespaces.map(({ binding }) => `(name = ${text(binding)}, kvNamespace = "kv")`),
    ...objects.map(({ name, class_name }) => `(name = ${text(name)}, durableObjectNamespace = ${text(class_name)})`),
    ...config.services.map(({ binding, service, entrypoint }) => {
      const entry = entrypoints[binding] ?? entrypoint;
      const where = entry === undefined ? "" : `, entrypoint = ${text(entry)}`;
      return `(name = ${text(binding)}, service = (name = ${text(service.replace("doppelgate-", ""))}${where}))`;
    }),
    ...Object.entries(vars).map(([name, value]) => `(name = ${text(name)}, text = ${text(value)})`),
  ];
  const namespaces = objects.map(
    ({ class_name }) => `(className = ${text(class_name)}, uniqueKey = ${text(class_name)}, enableSql = true)`,
  );
  const modules = [
    `(name = ${text(bundle)}, esModule = embed ${text(bundle)})`,
    ...texts.map((file) => `(name = ${text(file)}, text = embed ${text(file)})`),
  ];
  return `const ${name} :Workerd.Worker = (
  modules = [${modules.join(", ")}],
  compatibilityDate = ${text(config.compatibility_date)},
  compatibilityFlags = [${config.compatibility_flags.map(text).join(", ")}],
  bindings = [${bindings.join(", ")}],
  durableObjectNamespaces = [${namespaces.join(", ")}],
  durableObjectStorage = (localDisk = "storage"),
);
`;
}

function helperText({ name, code, vars = {}, services = {} }: HelperFacts): string {
  const bindings = [
    ...Object.entries(vars).map(([key, value]) => `(name = ${text(key)}, text = ${text(value)})`),
    ...Object.entries(services).map(
      ([key, { service, entrypoint }]) =>
        `(name = ${text(key)}, service = (name = ${text(service)}, entrypoint = ${text(entrypoint)}))`,
    ),
  ];
  return `const ${name} :Workerd.Worker = (
  modules = [(name = "main.js", esModule = ${text(code)})],
  compatibilityDate = "2026-11-01",
  bindings = [${bindings.join(", ")}],
);
`;
}

/**
 * The configuration of the Workers for `workerd serve`: what their wrangler.*.toml says, on bare workerd. Nothing here
 * emulates Cloudflare's edge, unlike `wrangler dev`: no header is added, no coding undone, no address tidied.
 *
 * @returns Cap'n Proto text
 */
export function workerdConfig({ workers, kvAddress, storage, helpers = [] }: ConfigFacts): string {
  const all = [...workers, ...helpers];
  const services = all.map(({ name }) => `(name = ${text(name)}, worker = .${name}),`);
  const sockets = all.map(
    ({ name }) => `(name = ${text(name)}, address = "127.0.0.1:0", http = (), service = ${text(name)}),`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ${services.join("\n    ")}
    (name = "kv", external = (address = ${text(kvAddress)}, http = ())),
    (name = "storage", disk = (path = ${text(storage)}, writable = true)),
    (name = "internet", network = (allow = ["private"])),
  ],
  sockets = [
    ${sockets.join("\n    ")}
  ],
);
${workers.map(workerText).join("")}${helpers.map(helperText).join("")}`;
}
