import type { TokenRecord } from "../../shared/record.ts";
import type { Bindings } from "../bindings.ts";
import { PROVIDER_ROWS, ROUTE_ROWS, type Route } from "../providers.ts";
import { Refused } from "../refusals.ts";

/** What lets one request go upstream. `settle` closes it, exactly once. */
export interface Permit {
  tokenId: string;
  route: Route;
  /** ms since 1970. */
  openedAt: number;
  /** Origin and key of the provider: all that `forward` may use. */
  origin: string;
  key: string;
}

/**
 * Grants an authorized request its permit. A token's rate, concurrency and budget are asked here, of its guard, where the
 * record has any; this version's records have none.
 *
 * @param now ms since 1970
 * @throws Refused `provider_not_configured`
 */
export function admit(bindings: Bindings, record: TokenRecord, route: Route, now: number): Permit {
  const { provider } = ROUTE_ROWS[route];
  const { key, origin, problem } = bindings.providers[provider];
  if (key === null) {
    const secret = PROVIDER_ROWS[provider].keySecret;
    throw new Refused({ code: "provider_not_configured", provider, secret, problem: problem ?? "" });
  }
  return { tokenId: record.id, route, openedAt: now, origin, key };
}
