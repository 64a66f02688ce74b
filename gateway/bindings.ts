import { PROVIDERS, type Provider } from "../shared/providers.ts";
import { log } from "./log.ts";
import { keysIn } from "./keys/secret.ts";
import { PROVIDER_ROWS, type KeySecret, type UpstreamVar } from "./providers.ts";

/** What the owner may set on the Worker besides its bindings: secrets and plain vars, each of them optional. */
type Settings = Partial<Record<KeySecret | UpstreamVar | "REGION_RELAY", unknown>>;

/** A provider as this deployment has it. */
export interface ProviderBinding {
  /** The provider keys, as the owner ordered them; none where the secret isn't set. Always the same list, to remember things by. */
  keys: readonly string[];
  /** Where each of them stands in the secret, the first being 1. */
  places: readonly number[];
  /** Where the ones stand that can't be used. */
  unusable: readonly number[];
  origin: string;
  /** Whether a var sends its traffic elsewhere. */
  overridden: boolean;
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

function checkProvider(provider: Provider, settings: Settings): ProviderBinding {
  const row = PROVIDER_ROWS[provider];
  const secret = settings[row.keySecret];
  const { keys, places, unusable } = keysIn(typeof secret === "string" ? secret : "");
  const override = settings[row.upstreamVar];
  const overridden = typeof override === "string" && override !== "";
  const origin = overridden ? originOf(override) : row.origin;
  const found = { keys: [], places: [], unusable, overridden };
  const without = (problem: string, at = row.origin): ProviderBinding => ({ ...found, origin: at, problem });
  if (origin === null) return without(`${row.upstreamVar} is not an http or https address.`);
  const wrong = `${row.keySecret} has characters that no HTTP header can carry`;
  if (keys.length === 0)
    return without(unusable.length === 0 ? `The secret ${row.keySecret} is not set.` : `The secret ${wrong}.`, origin);
  for (const position of unusable)
    log("error", "bad_setting", { setting: row.keySecret, problem: `Key ${position} of ${wrong}; it is left out.` });
  return { ...found, keys, places, origin, problem: null };
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
