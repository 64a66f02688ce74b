import type { Bindings } from "./bindings.ts";
import type { CallBody } from "./call.ts";
import { log } from "./log.ts";
import { PROVIDER_ROWS, ROUTE_ROWS } from "./providers.ts";
import { isRegionRefusal, knownWay, rememberWay, type Place } from "./region.ts";
import { fetchByRelay, type KeylessRequest } from "./relay.ts";

/**
 * The largest body that is kept to be sent again, in bytes: most prompts are smaller, and a hundred of them at once still
 * leave an isolate half of its 128 MB.
 */
export const REPLAY_LIMIT = 512 * 1024;

/** The relay, and where this request is; null where relaying is off. */
export interface Detour {
  relays: GatewayEnv["RELAY"];
  colo: string;
}

/** The relay, seen from where a request is. */
export const detourOf = ({ cf }: Request, { relays }: Bindings): Detour | null =>
  relays === null ? null : { relays, colo: typeof cf?.["colo"] === "string" ? cf["colo"] : "" };

function fetchDirectly({ route, url, method, headers, body, signal }: KeylessRequest, key: string): Promise<Response> {
  const { keyHeader, keyPrefix } = ROUTE_ROWS[route];
  headers.set(keyHeader, keyPrefix + key);
  // Following a redirect would take the key along to wherever it points.
  // The answer's bytes stay as they are on the wire, compressed or not.
  return fetch(url, { method, headers, body, redirect: "manual", encodeResponseBody: "manual", signal });
}

/** Whether a body may be kept until the provider has answered: none, or one of a known small size. */
function isReplayable({ route, body, headers }: KeylessRequest): boolean {
  if (PROVIDER_ROWS[ROUTE_ROWS[route].provider].regionRefusal === null) return false;
  const length = headers.get("content-length") ?? "";
  return body === null || (/^\d{1,9}$/.test(length) && Number(length) <= REPLAY_LIMIT);
}

/** A body to send, and the same to send again; undefined: it can't be sent again. */
function copiesOf(request: KeylessRequest): [body: CallBody, spare: CallBody | undefined] {
  const { body } = request;
  if (body === null || body instanceof Uint8Array) return [body, body];
  return isReplayable(request) ? body.tee() : [body, undefined];
}

/**
 * Sends a request to its provider; once more through the relay where the provider refuses this location and the body can
 * be sent again; by the relay at once where that is known.
 *
 * @param request without the key, which is put into its headers for the direct way
 * @param key the provider key
 * @param detour null: never by the relay
 * @param now ms since 1970
 * @returns the provider's answer
 * @throws whatever fetch throws
 */
export async function fetchUpstream(
  request: KeylessRequest,
  key: string,
  detour: Detour | null,
  now: number,
): Promise<Response> {
  if (detour === null) return fetchDirectly(request, key);
  const place: Place = { provider: ROUTE_ROWS[request.route].provider, colo: detour.colo };
  const way = knownWay(place, now);
  if (way === "direct") return fetchDirectly(request, key);
  if (way === "relay") return relayed(request, detour, place, now);
  // A branch that nobody reads costs a native copy of what the other one reads, and no JavaScript.
  const [body, spare] = copiesOf(request);
  const answer = await fetchDirectly({ ...request, body }, key);
  if (!(await isRegionRefusal(place.provider, answer))) {
    if (spare instanceof ReadableStream) spare.cancel().catch(() => undefined);
    return answer;
  }
  log("warn", "region_refused", { ...place, sentAgain: spare !== undefined });
  if (spare === undefined) {
    rememberWay(place, "relay", now);
    return answer;
  }
  answer.body?.cancel().catch(() => undefined);
  return relayed({ ...request, body: spare }, detour, place, now);
}

async function relayed(request: KeylessRequest, detour: Detour, place: Place, now: number): Promise<Response> {
  // The direct way may have put it there. The relay takes it from its own secrets.
  request.headers.delete(ROUTE_ROWS[request.route].keyHeader);
  const answer = await fetchByRelay(detour.relays, detour.colo, request);
  // A relay that is refused too doesn't help: without this, every request would be sent twice for nothing.
  rememberWay(place, (await isRegionRefusal(place.provider, answer)) ? "direct" : "relay", now);
  return answer;
}
