// `npm start`: both Workers on this machine's workerd, with a fake provider in place of each one that has no key.
import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { PROVIDER_ROWS } from "../gateway/providers.ts";
import { startFakeProvider } from "../test/fake-provider/index.ts";
import { demoToken } from "./local/demo-token.ts";
import { claimPort } from "./local/ports.ts";
import { readSettings, type LocalSettings } from "./local/settings.ts";
import { welcome } from "./local/welcome.ts";
import { startPair } from "./local/workers.ts";

const ROOT = join(import.meta.dirname, "..");
/** What earlier runs may have left in the state's folder. */
const KEPT = ["state", "registry", "admin-password", "demo-token"];
const USAGE = `Usage: npm start -- [--gateway-port N] [--admin-port N] [--fresh] [--json] [--state FOLDER]
  --gateway-port  port of the gateway (default 8787)
  --admin-port    port of the admin (default 8788)
  --fresh         forget what earlier runs stored
  --json          print one line of JSON when ready, and nothing else
  --state         folder to keep state in (default .doppelgate)`;

interface Options {
  gatewayPort: number;
  adminPort: number;
  fresh: boolean;
  json: boolean;
  /** Folder for everything that is kept between runs. */
  state: string;
}

/** A mistake of the person who typed the command. */
class UsageError extends Error {}

function portOf(text: string, option: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new UsageError(`--${option} takes a port number from 1 to 65535, not "${text}".`);
}

function readOptions(): Options | null {
  const flags = {
    "gateway-port": { type: "string", default: "8787" },
    "admin-port": { type: "string", default: "8788" },
    fresh: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    state: { type: "string", default: join(ROOT, ".doppelgate") },
    help: { type: "boolean", short: "h", default: false },
  } as const;
  try {
    const { values } = parseArgs({ options: flags });
    if (values.help) return null;
    const gatewayPort = portOf(values["gateway-port"], "gateway-port");
    const adminPort = portOf(values["admin-port"], "admin-port");
    if (gatewayPort === adminPort) throw new UsageError("Gateway and admin need different ports.");
    return { gatewayPort, adminPort, fresh: values.fresh, json: values.json, state: resolve(values.state) };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function fakeVars(
  settings: LocalSettings,
): Promise<{ vars: Record<string, string>; close: () => Promise<void> }> {
  if (settings.faked.length === 0) return { vars: {}, close: async () => undefined };
  const keys = Object.fromEntries(settings.faked.map((provider) => [provider, `fake-${provider}-key`]));
  const fake = await startFakeProvider({ keys });
  const vars: Record<string, string> = {};
  for (const provider of settings.faked) {
    const { keySecret, upstreamVar } = PROVIDER_ROWS[provider];
    vars[keySecret] = `fake-${provider}-key`;
    vars[upstreamVar] = fake.url;
  }
  return { vars, close: () => fake.close() };
}

/** npm passes on the signals that it can catch; where it is killed outright, its end is the signal. */
function endWithNpm(end: () => void): void {
  if (process.env.npm_lifecycle_event !== "start") return;
  const npm = process.ppid;
  setInterval(() => {
    if (process.ppid !== npm) end();
  }, 1_000).unref();
}

async function run(options: Options): Promise<void> {
  await claimPort(options.gatewayPort, "gateway-port");
  await claimPort(options.adminPort, "admin-port");
  // By name: the folder may be one that holds other things.
  for (const kept of options.fresh ? KEPT : []) rmSync(join(options.state, kept), { recursive: true, force: true });
  mkdirSync(join(options.state, "registry"), { recursive: true, mode: 0o700 });
  const settings = readSettings(ROOT, options.state);
  const fake = await fakeVars(settings);
  const gateway = `http://localhost:${options.gatewayPort}`;
  const pair = await startPair({
    gateway: { port: options.gatewayPort, vars: { ...settings.gatewayVars, ...fake.vars } },
    admin: {
      port: options.adminPort,
      vars: { ...settings.signInVars, ADMIN_SECRET: settings.adminSecret, GATEWAY_URL: gateway },
    },
    persist: join(options.state, "state"),
    registryPath: join(options.state, "registry"),
    logLevel: "error",
    onLog: (worker, line) => {
      if (!options.json) console.log(`[${worker}] ${line}`);
    },
  });
  let ending = false;
  const end = async (code: number): Promise<never> => {
    if (!ending) {
      ending = true;
      await pair.dispose();
      await fake.close();
    }
    process.exit(code);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void end(0));
  endWithNpm(() => void end(0));
  try {
    const admin = `http://localhost:${options.adminPort}`;
    const token = await demoToken(
      pair.adminUrl,
      settings.adminSecret,
      settings.signInVars["ADMIN_TOTP_SECRET"],
      options.state,
    );
    const ready = { gateway, admin, password: settings.adminSecret, token };
    console.log(options.json ? JSON.stringify(ready) : welcome(gateway, admin, token, settings));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    await end(1);
  }
}

try {
  const options = readOptions();
  if (options === null) console.log(USAGE);
  else await run(options);
} catch (error) {
  const usage = error instanceof UsageError;
  console.error(error instanceof Error ? error.message : error);
  if (usage) console.error(USAGE);
  process.exit(usage ? 2 : 1);
}
