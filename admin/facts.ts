import type { GatewayFacts, KeyFacts, ProviderFacts } from "../shared/control.ts";
import { PROVIDERS, type Provider } from "../shared/providers.ts";

/** What a gateway of any version tells: the first one only whether a key is set. */
interface ToldFacts extends Partial<Omit<GatewayFacts, "providers">> {
  providers: Partial<Record<Provider, Partial<Omit<ProviderFacts, "keys">> & { keys?: readonly Partial<KeyFacts>[] }>>;
}

const NO_KEY: KeyFacts = {
  fingerprint: "",
  place: 1,
  rejectedAt: null,
  throttledUntil: null,
  lastUsedAt: null,
  lastError: null,
};

const NO_PROVIDER: ProviderFacts = { configured: false, rejectedAt: null, keys: [], unusable: [], overridden: false };

/**
 * Completes what a gateway tells of itself that is older than this admin, while the owner updates one after the other: what it
 * doesn't tell isn't known.
 *
 * @throws TypeError where it tells of no providers at all
 */
export function completeFacts({ version = null, pricesDate = null, providers }: ToldFacts): GatewayFacts {
  const rows = PROVIDERS.map((provider): [Provider, ProviderFacts] => {
    const { keys = [], ...told } = providers[provider] ?? {};
    return [provider, { ...NO_PROVIDER, ...told, keys: keys.map((key) => ({ ...NO_KEY, ...key })) }];
  });
  return { version, pricesDate, providers: Object.fromEntries(rows) as GatewayFacts["providers"] };
}
