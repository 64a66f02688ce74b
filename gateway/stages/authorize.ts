import type { TokenRecord } from "../../shared/record.ts";
import { standingOf } from "../../shared/standing.ts";
import type { Found } from "../lookup.ts";
import { ROUTE_ROWS, type Route } from "../providers.ts";
import { Refused } from "../refusals.ts";

/**
 * Decides whether the tokens of a request let it pass. Pure: everything it needs is handed in.
 *
 * @param found what is known of each candidate
 * @param route how the request is spoken; null where nothing tells
 * @param now ms since 1970
 * @returns the record of the one live token
 * @throws Refused `unknown_token`, `expired_token`, `ambiguous_token`, `provider_not_allowed`
 */
export function authorize(found: readonly Found[], route: Route | null, now: number): TokenRecord {
  const live = new Map<string, TokenRecord>();
  let expiredAt: number | null = null;
  for (const { hash, record } of found) {
    const standing = standingOf(record, hash, now);
    if (standing.standing === "live" && record !== null) live.set(record.id, record);
    if (standing.standing === "expired") expiredAt = standing.at;
  }
  const [record, second] = live.values();
  // Two live tokens: whose limits would count? Refusing stops a holder from choosing per request.
  if (second !== undefined) throw new Refused({ code: "ambiguous_token" });
  if (record === undefined) {
    throw new Refused(expiredAt === null ? { code: "unknown_token" } : { code: "expired_token", at: expiredAt });
  }
  // A token in a known slot always has a route; without one the request asks for nothing that a provider has.
  if (route === null) throw new Refused({ code: "missing_token" });
  const { provider } = ROUTE_ROWS[route];
  if (!record.providers.includes(provider)) {
    throw new Refused({ code: "provider_not_allowed", provider, allowed: record.providers });
  }
  return record;
}
