import { PROVIDERS, type Provider } from "../shared/providers.ts";
import { log } from "./log.ts";
import { PROVIDER_ROWS, type KeySecret, type UpstreamVar } from "./providers.ts";

/** What the owner may set on the Worker besides its bindings: secrets and plain vars, each of them optional. */
type Settings = Partial<Record<KeySecret | UpstreamVar | "REGION_RELAY", unknown>>;

/** A provider as this deployment has it. */
export interface ProviderBinding {
  /** The provider key, or null where it isn't set. */
  key: string | null;
  origin: string;
  /** What is wrong with the setting, for the owner's log; null where it can be used. */
  problem: string | null;
}

/** The Worker's bindings, checked once. */
export interface Bindings {
  tokens: KVNamespace;
  guards: GatewayEnv["GUARD"];
  keyHealth: GatewayEnv["KEY_HEALTH"];
  ledgers: GatewayEnv["LEDGER"];
  providers: Record<Provider, ProviderBinding>;
  /** Sends requests from the United States where a provider refuses their location; null where the owner wants none. */
  relays: GatewayEnv["RELAY"] | null;
}

// Field values of HTTP (RFC 9110 §5.5) without the ones that no provider's key has: visible ASCII, of a length that the scrubber can hold back.
const USABLE_KEY = /^[\x21-\x7e]{1,512}$/;

function checkProvider(provider: Provider, settings: Settings): ProviderBinding {
  const row = PROVIDER_ROWS[provider];
  const found = settings[row.keySecret];
  // A key pasted into a prompt often brings its line end along.
  const key = typeof found === "string" ? found.trim() : "";
  const override = settings[row.upstreamVar];
  const origin = typeof override === "string" && override !== "" ? originOf(override) : row.origin;
  const unusable = { key: null, origin: row.origin };
  if (origin === null) return { ...unusable, problem: `${row.upstreamVar} is not an http or https address.` };
  if (key === "") return { ...unusable, origin, problem: `The secret ${row.keySecret} is not set.` };
  if (!USABLE_KEY.test(key)) {
    return {
      ...unusable,
      origin,
      problem: `The secret ${row.keySecret} has characters that no HTTP header can carry.`,
    };
  }
  return { key, origin, problem: null };
}

function originOf(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  return url.protocol === "https:" || url.protocol === "http:" ? url.origin : null;
}

/** Reads the var `REGION_RELAY`: `on`, which is meant where it isn't set, or `off`. */
function wantsRelay({ REGION_RELAY: found }: Settings): boolean {
  const word = typeof found === "string" ? found.trim().toLowerCase() : "on";
  if (word === "on" || word === "") return true;
  // Somebody who wrote `false` or `no` wanted it off; sending traffic abroad needs a clear yes.
  if (word !== "off") log("error", "bad_setting", { setting: "REGION_RELAY", problem: "It is neither on nor off." });
  return false;
}

const checked = new WeakMap<GatewayEnv, Bindings>();

/**
 * Turns the unchecked environment into checked bindings, once for each isolate.
 *
 * @param env the Worker's
 */
export function bindingsOf(env: GatewayEnv): Bindings {
  const known = checked.get(env);
  if (known !== undefined) return known;
  // Secrets and plain vars aren't in the generated type, since any subset of them may be set.
  const settings: Settings = Object.fromEntries(Object.entries(env));
  const rows = PROVIDERS.map((provider) => [provider, checkProvider(provider, settings)] as const);
  const bindings: Bindings = {
    tokens: env.TOKENS,
    guards: env.GUARD,
    keyHealth: env.KEY_HEALTH,
    ledgers: env.LEDGER,
    providers: Object.fromEntries(rows) as Record<Provider, ProviderBinding>,
    relays: wantsRelay(settings) ? env.RELAY : null,
  };
  checked.set(env, bindings);
  return bindings;
}
