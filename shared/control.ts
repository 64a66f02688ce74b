import type { Provider } from "./providers.ts";
import type { TokenRecord } from "./record.ts";

/** What the gateway tells of a provider. */
export interface ProviderFacts {
  /** Whether its key is set. */
  configured: boolean;
  /** When the provider last rejected that key, in ms since 1970; null: it accepts it, as far as is known. */
  rejectedAt: number | null;
}

/** What the gateway tells the admin about itself. Facts only: no key, no address of a provider. */
export interface GatewayFacts {
  providers: Record<Provider, ProviderFacts>;
}

/**
 * The gateway's RPC surface for the admin: a named `WorkerEntrypoint`, reachable by service binding alone. The admin
 * programs against this interface; `tsc` checks the gateway's class against it.
 */
export interface ControlApi {
  /**
   * Makes the token's guard know a record. Calling it again with the same or an older version changes nothing.
   *
   * @returns the version that the guard holds now: the record's, or a newer one that it already knew
   * @throws where the record isn't readable, or the guard's storage fails; nothing was taken then
   */
  apply(record: TokenRecord): Promise<{ version: number }>;
  /** Says what is configured. */
  facts(): Promise<GatewayFacts>;
}
