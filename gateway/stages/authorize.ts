import { isOpenAt, opensAt } from "../../shared/hours.ts";
import { isLimited } from "../../shared/policy.ts";
import { matchesGlob } from "../../shared/globs.ts";
import { isWithin, parseNetwork } from "../../shared/networks.ts";
import type { Provider } from "../../shared/providers.ts";
import type { TokenRecord } from "../../shared/record.ts";
import { standingOf } from "../../shared/standing.ts";
import type { Found } from "../lookup.ts";
import type { Call } from "../call.ts";
import { endpointOf } from "../endpoints/find.ts";
import type { Endpoint } from "../endpoints.ts";
import { judgedPath } from "../target.ts";
import type { Watched } from "../watch.ts";
import { PROVIDER_ROWS, ROUTE_ROWS, type Route } from "../providers.ts";
import { Refused, type Refusal } from "../refusals.ts";

/** What a request asks for, and from where. */
export interface Asked {
  /** How it is spoken; null where nothing tells. */
  route: Route | null;
  method: string;
  /** As it goes upstream. */
  path: string;
  /** Whether it asks for a WebSocket. */
  socket: boolean;
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
 * The one live token among those that a request shows. Pure.
 *
 * @param now ms since 1970
 * @throws Refused `unknown_token`, `expired_token`, `ambiguous_token`
 */
export function liveToken(found: readonly Found[], now: number): Pick<Watched, "record" | "hash"> {
  const live = new Map<string, Pick<Watched, "record" | "hash">>();
  let expired: { at: number; id: string } | null = null;
  for (const { hash, record } of found) {
    const standing = standingOf(record, hash, now);
    if (record === null) continue;
    if (standing.standing === "live") live.set(record.id, { record, hash });
    if (standing.standing === "expired") expired = { at: standing.at, id: record.id };
  }
  const [token, second] = live.values();
  // Two live tokens: whose limits would count? Refusing stops a holder from choosing per request.
  if (second !== undefined) throw new Refused({ code: "ambiguous_token" });
  if (token !== undefined) return token;
  if (expired === null) throw new Refused({ code: "unknown_token" });
  throw new Refused({ code: "expired_token", at: expired.at }, expired.id);
}

/**
 * Why a token doesn't work from where it is used; null: it does. Pure. Without an address or a country that is known, a rule
 * about them is not met.
 */
export function elsewhere(
  { networks, countries }: TokenRecord,
  asked: Pick<Asked, "address" | "country">,
): Refusal | null {
  if (networks === null && countries === null) return null;
  const { address, country } = asked;
  const isInside = (text: string): boolean => {
    const network = parseNetwork(text);
    // A network that can't be read lets nobody in.
    return network !== null && address !== null && isWithin(address, network);
  };
  if (networks !== null && !networks.some(isInside)) {
    return { code: "network_not_allowed", address: address ?? "unknown" };
  }
  if (countries !== null && (country === null || !countries.includes(country))) {
    return { code: "country_not_allowed", country: country ?? "unknown" };
  }
  return null;
}

/** Where and when a token works. */
function surroundings(record: TokenRecord, asked: Asked, now: number): Refusal | null {
  const { activeHours } = record;
  const outside = elsewhere(record, asked);
  if (outside !== null) return outside;
  if (activeHours !== null && !isOpenAt(activeHours, now)) {
    const { timeZone } = activeHours;
    return { code: "outside_active_hours", timeZone, opensAt: opensAt(activeHours, now) };
  }
  return null;
}

/** What of a provider's API a token opens. */
function reach(record: TokenRecord, provider: Provider, path: string, endpoint: Endpoint | null): Refusal | null {
  // An ephemeral key works at the provider itself: no revocation would reach it, and no limit would count it.
  if (PROVIDER_ROWS[provider].minting.test(judgedPath(path))) return { code: "credentials_not_handed_out", provider };
  if (!record.providers.includes(provider))
    return { code: "provider_not_allowed", provider, allowed: record.providers };
  // By default nothing: what a provider adds tomorrow is shut until somebody has looked at it.
  const open = record.endpoints === "all" || endpoint?.class === "inference";
  return open ? null : { code: "endpoint_not_allowed", provider };
}

/**
 * Decides whether the tokens of a request let it pass, by what is known before its body is read. Pure: everything it needs is
 * handed in. Where the token works comes before what it opens: who isn't let in learns nothing about that.
 *
 * @param found what is known of each candidate
 * @param now ms since 1970
 * @returns the one live token
 * @throws Refused `unknown_token`, `expired_token`, `ambiguous_token`, `network_not_allowed`, `country_not_allowed`,
 *   `outside_active_hours`, `credentials_not_handed_out`, `provider_not_allowed`, `endpoint_not_allowed`
 */
export function authorize(found: readonly Found[], asked: Asked, now: number): Authorized {
  const token = liveToken(found, now);
  const { record } = token;
  const { route, method, path, socket } = asked;
  const outside = surroundings(record, asked, now);
  if (outside !== null) throw new Refused(outside, record.id);
  // A token in a known slot always has a route; without one the request asks for nothing that a provider has.
  if (route === null) throw new Refused({ code: "missing_token" });
  const { provider } = ROUTE_ROWS[route];
  const endpoint = endpointOf(route, method, path, socket);
  const shut = reach(record, provider, path, endpoint);
  if (shut !== null) throw new Refused(shut, record.id);
  return { ...token, provider, route, endpoint };
}

/** Google's clients write `models/` before a name, or don't. */
const plainModel = (model: string): string => model.replace(/^models\//, "");

/** Whether a request can make a model answer. Reading what was made before can't, nor can lists and files. */
const asksModel = (endpoint: Endpoint | null): boolean =>
  endpoint === null || endpoint.cost === "unknown" || endpoint.body !== "none" || endpoint.socket !== undefined;

/**
 * Decides whether a token allows the models that its request asks for. Pure.
 *
 * @throws Refused `model_not_allowed`; `websocket_not_supported` where the same can be asked for by HTTP, model and all
 */
export function authorizeCall({ record, provider, endpoint }: Authorized, { model, moreModels = [] }: Call): void {
  const allowed = record.models?.[provider];
  // Such sockets name model and bounds in frames, which come too late to be judged. Codex goes on by POST at once on 426.
  const isJudged = allowed !== undefined || isLimited(record);
  if (endpoint?.socket === "frames-or-post" && isJudged) {
    throw new Refused({ code: "websocket_not_supported" }, record.id);
  }
  if (allowed === undefined || !asksModel(endpoint)) return;
  // What costs nothing may go without a name, such as a count. What may use a model unseen, such as a batch, may not.
  const named = model === null && endpoint?.cost === "free" ? moreModels : [model, ...moreModels];
  const fits = (name: string | null): boolean =>
    name !== null && allowed.some((glob) => matchesGlob(plainModel(glob), plainModel(name)));
  const shut = named.find((name) => !fits(name));
  if (shut !== undefined) throw new Refused({ code: "model_not_allowed", provider, model: shut, allowed }, record.id);
}
