import { standingOf } from "../../shared/standing.ts";
import type { Found } from "../lookup.ts";
import { judgedPath } from "../target.ts";
import type { Watched } from "../watch.ts";
import { PROVIDER_ROWS, ROUTE_ROWS, type Route } from "../providers.ts";
import { Refused } from "../refusals.ts";

/**
 * Decides whether the tokens of a request let it pass. Pure: everything it needs is handed in.
 *
 * @param found what is known of each candidate
 * @param route how the request is spoken; null where nothing tells
 * @param path of the request, as it goes upstream
 * @param now ms since 1970
 * @returns the one live token
 * @throws Refused `unknown_token`, `expired_token`, `ambiguous_token`, `credentials_not_handed_out`, `provider_not_allowed`
 */
export function authorize(found: readonly Found[], route: Route | null, path: string, now: number): Watched {
  const live = new Map<string, Omit<Watched, "provider">>();
  let expiredAt: number | null = null;
  for (const { hash, record } of found) {
    const standing = standingOf(record, hash, now);
    if (standing.standing === "live" && record !== null) live.set(record.id, { record, hash });
    if (standing.standing === "expired") expiredAt = standing.at;
  }
  const [token, second] = live.values();
  // Two live tokens: whose limits would count? Refusing stops a holder from choosing per request.
  if (second !== undefined) throw new Refused({ code: "ambiguous_token" });
  if (token === undefined) {
    throw new Refused(expiredAt === null ? { code: "unknown_token" } : { code: "expired_token", at: expiredAt });
  }
  // A token in a known slot always has a route; without one the request asks for nothing that a provider has.
  if (route === null) throw new Refused({ code: "missing_token" });
  const { provider } = ROUTE_ROWS[route];
  // An ephemeral key works at the provider itself: no revocation would reach it, and no limit would count it.
  if (PROVIDER_ROWS[provider].minting.test(judgedPath(path)))
    throw new Refused({ code: "credentials_not_handed_out", provider });
  const { providers } = token.record;
  if (!providers.includes(provider)) {
    throw new Refused({ code: "provider_not_allowed", provider, allowed: providers });
  }
  return { ...token, provider };
}
