import { log } from "./log.ts";
import { PROVIDER_ROWS, ROUTE_ROWS } from "./providers.ts";
import { isAnyWayKnown, isRegionRefusal, knownWay, rememberWay, type Place } from "./region.ts";
import { fetchByRelay, type KeylessRequest } from "./relay.ts";
import type { Replay } from "./replay.ts";

/** The relay, and where a request is. */
export interface Detour {
  relays: GatewayEnv["RELAY"];
  /** Gives Cloudflare's name of the location; empty where there is none. */
  colo: () => string;
}

/** A request's body, and whether it may be wanted once more after this. */
export interface Load {
  replay: Replay;
  more: boolean;
}

function fetchDirectly({ route, url, method, headers, body, signal }: KeylessRequest, key: string): Promise<Response> {
  const { keyHeader, keyPrefix } = ROUTE_ROWS[route];
  headers.set(keyHeader, keyPrefix + key);
  // Following a redirect would take the key along to wherever it points.
  // The answer's bytes stay as they are on the wire, compressed or not.
  return fetch(url, { method, headers, body, redirect: "manual", encodeResponseBody: "manual", signal });
}

/**
 * Sends a request to its provider with one key; once more through the relay where the provider refuses this location and
 * the body can be sent again; by the relay at once where that is known.
 *
 * @param key the provider key
 * @param request without the key; its body comes from `load`
 * @param detour null: never by the relay
 * @param now ms since 1970
 * @returns the provider's answer
 * @throws whatever fetch throws
 */
export async function fetchWithKey(
  key: string,
  request: KeylessRequest,
  { replay, more }: Load,
  detour: Detour | null,
  now: number,
): Promise<Response> {
  const { provider } = ROUTE_ROWS[request.route];
  if (detour === null) return fetchDirectly({ ...request, body: replay.next(more) }, key);
  const way = isAnyWayKnown() ? knownWay({ provider, colo: detour.colo() }, now) : null;
  if (way === "direct") return fetchDirectly({ ...request, body: replay.next(more) }, key);
  const relayed = (): Promise<Response> => {
    const place: Place = { provider, colo: detour.colo() };
    return fetchRelayed({ ...request, body: replay.next(more) }, key, detour, place, now);
  };
  if (way === "relay") return relayed();
  const again = more || PROVIDER_ROWS[provider].regionRefusal !== null;
  const answer = await fetchDirectly({ ...request, body: replay.next(again) }, key);
  if (!(await isRegionRefusal(provider, answer))) return answer;
  const place: Place = { provider, colo: detour.colo() };
  log("warn", "region_refused", { ...place, sentAgain: replay.possible });
  if (!replay.possible) {
    rememberWay(place, "relay", now);
    return answer;
  }
  answer.body?.cancel().catch(() => undefined);
  return relayed();
}

async function fetchRelayed(
  request: KeylessRequest,
  key: string,
  detour: Detour,
  place: Place,
  now: number,
): Promise<Response> {
  // The direct way may have put it there. The relay takes it from its own secrets.
  request.headers.delete(ROUTE_ROWS[request.route].keyHeader);
  const answer = await fetchByRelay(detour.relays, place.colo, request, key);
  // A relay that is refused too doesn't help: without this, every request would be sent twice for nothing.
  rememberWay(place, (await isRegionRefusal(place.provider, answer)) ? "direct" : "relay", now);
  return answer;
}
