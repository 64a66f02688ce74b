import { standingOf } from "../../shared/standing.ts";
import type { Found } from "../lookup.ts";
import type { Call } from "../call.ts";
import type { Endpoint } from "../endpoints.ts";
import { judgedPath } from "../target.ts";
import type { Watched } from "../watch.ts";
import { PROVIDER_ROWS, ROUTE_ROWS, type Route } from "../providers.ts";
import { Refused } from "../refusals.ts";

/** What a request asks for, and from where. */
export interface Asked {
  /** How it is spoken; null where nothing tells. */
  route: Route | null;
  method: string;
  /** As it goes upstream. */
  path: string;
  /** Of the client; null where it isn't known. */
  address: string | null;
  /** ISO 3166-1 alpha-2, upper case; null where it isn't known. */
  country: string | null;
}

/** A token that may be used for what was asked, as far as that is known before the body is read. */
export interface Authorized extends Watched {
  route: Route;
  /** Null: one that the table doesn't know. */
  endpoint: Endpoint | null;
}

/**
 * Decides whether the tokens of a request let it pass. Pure: everything it needs is handed in.
 *
 * @param found what is known of each candidate
 * @param now ms since 1970
 * @returns the one live token
 * @throws Refused `unknown_token`, `expired_token`, `ambiguous_token`, `credentials_not_handed_out`, `provider_not_allowed`
 */
export function authorize(found: readonly Found[], { route, path }: Asked, now: number): Authorized {
  const live = new Map<string, Pick<Watched, "record" | "hash">>();
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
  return { ...token, provider, route, endpoint: null };
}

/**
 * Decides whether a token allows what stands in the body of its request. Pure.
 *
 * @throws Refused `model_not_allowed`
 */
export function authorizeCall(_token: Authorized, _call: Call): void {}
