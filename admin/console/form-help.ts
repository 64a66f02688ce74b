import type { Context } from "hono";
import { addressBytes } from "../../shared/networks.ts";
import { timeZoneProblem } from "../../shared/hours.ts";
import { PROVIDERS, type Provider } from "../../shared/providers.ts";
import type { AdminApp } from "../context.ts";
import { ask, orNull } from "../usage/asking.ts";

// What the forms of policies offer to choose from, beside what stands in them.

/** What the form offers. */
export interface FormHelp {
  /** Names of models that have a built-in price; none where the gateway doesn't answer. */
  models: Record<Provider, string[]>;
  /** The owner's own network as CIDR or an address; null: not known. */
  network: string | null;
  /** The time zone that hours were filled in with by a guess, for the script to put the browser's own in its place; null: none. */
  guessedZone: string | null;
}

const group = (high = 0, low = 0): string => ((high << 8) | low).toString(16);

/**
 * The network of an address: of IPv6 its /64, since a machine changes its address within that every day (RFC 8981).
 *
 * @returns null where it is no address
 */
export function networkOf(address: string): string | null {
  const bytes = addressBytes(address);
  if (bytes === null || !address.includes(":")) return bytes && address;
  const groups = [0, 2, 4, 6].map((at) => group(bytes[at], bytes[at + 1]));
  return `${groups.join(":")}::/64`;
}

/** The owner's time zone as Cloudflare takes it from the address; UTC where it isn't known. */
export function zoneOf(c: Context<AdminApp>): string {
  const zone: unknown = c.req.raw.cf?.timezone;
  return typeof zone === "string" && timeZoneProblem(zone) === null ? zone : "UTC";
}

/** What to offer to who asks. */
export async function readHelp(c: Context<AdminApp>, guessedZone: string | null = null): Promise<FormHelp> {
  const list = orNull(await ask(c.var.bindings.gateway.builtInPrices()));
  const models = PROVIDERS.map((provider) => {
    const own = (list?.prices ?? []).filter((price) => price.provider === provider);
    return [provider, own.map(({ model }) => model)] as const;
  });
  return {
    models: Object.fromEntries(models) as Record<Provider, string[]>,
    network: networkOf(c.var.actor.address),
    guessedZone,
  };
}
