import { DurableObject } from "cloudflare:workers";
import { bindingsOf } from "./bindings.ts";
import type { CallBody } from "./call.ts";
import { upstreamHeaders } from "./headers.ts";
import { fingerprintOf, keyWith } from "./keys/fingerprint.ts";
import { log } from "./log.ts";
import { ROUTE_ROWS, type Route } from "./providers.ts";

/** Tells the relay how a request is spoken. Set by the gateway over whatever a client sent, and never sent upstream. */
const ROUTE_HEADER = "x-doppelgate-route";
/** Tells it which of the provider's keys to use, by fingerprint. Likewise. */
const KEY_HEADER = "x-doppelgate-key";

/** Headers of a WebSocket handshake as the gateway made it anew; `upstreamHeaders` drops a client's own. */
const HANDSHAKE = ["upgrade", "sec-websocket-protocol"];

const isRoute = (text: string): text is Route => Object.hasOwn(ROUTE_ROWS, text);

/**
 * Sends requests to a provider from the United States, for locations that the provider refuses. It keeps nothing: the
 * provider key comes from this Worker's own secrets at each request, neither a caller nor the storage ever has it.
 */
export class Relay extends DurableObject<GatewayEnv> {
  /**
   * Sends one request on and hands the answer back as it comes.
   *
   * @param request to the provider's address, with its headers but for the key
   * @throws a TypeError for an address that isn't the provider's; whatever fetch throws
   */
  override async fetch(request: Request): Promise<Response> {
    const route = request.headers.get(ROUTE_HEADER) ?? "";
    if (!isRoute(route)) throw new TypeError("The relay was asked without a route.");
    const { provider, keyHeader, keyPrefix } = ROUTE_ROWS[route];
    const { keys, origin } = bindingsOf(this.env).providers[provider];
    // The key goes nowhere else, even if the gateway had a fault.
    if (keys.length === 0 || new URL(request.url).origin !== origin)
      throw new TypeError("The relay goes to providers only.");
    const key = await keyWith(request.headers.get(KEY_HEADER) ?? "", keys);
    // While a new secret is rolled out. Another key than the gateway knows would be one that it can't take out of the answer.
    if (key === null) throw new TypeError("The relay hasn't the key that it was asked to use.");
    const headers = upstreamHeaders(request.headers, []);
    headers.delete(ROUTE_HEADER);
    headers.delete(KEY_HEADER);
    for (const name of HANDSHAKE) {
      const value = request.headers.get(name);
      if (value !== null) headers.set(name, value);
    }
    headers.set(keyHeader, keyPrefix + key);
    const { method, body, signal } = request;
    return fetch(request.url, { method, headers, body, redirect: "manual", encodeResponseBody: "manual", signal });
  }
}

/** Everything of a request to a provider but the key. */
export interface KeylessRequest {
  route: Route;
  url: string;
  method: string;
  headers: Headers;
  body: CallBody;
  signal: AbortSignal;
}

function inUnitedStates(relays: GatewayEnv["RELAY"]): GatewayEnv["RELAY"] {
  try {
    return relays.jurisdiction("us");
  } catch {
    // workerd on a developer's machine: "Jurisdiction restrictions are not implemented in workerd."
    log("warn", "relay_without_jurisdiction", {});
    return relays;
  }
}

/**
 * Sends a request through the relay.
 *
 * @param relays the namespace of `Relay`
 * @param colo where the request is; each location has a relay of its own, so that none carries the load of all
 * @param key the provider key to use, of which the relay is told the fingerprint alone
 * @returns the provider's answer
 */
export async function fetchByRelay(
  relays: GatewayEnv["RELAY"],
  colo: string,
  request: KeylessRequest,
  key: string,
): Promise<Response> {
  const { route, url, method, body, signal } = request;
  const headers = new Headers(request.headers);
  headers.set(ROUTE_HEADER, route);
  headers.set(KEY_HEADER, await fingerprintOf(key));
  const relay = inUnitedStates(relays).getByName(`from ${colo}`);
  // A signal of our own: the client's, handed on as it is, doesn't reach another object.
  const leaving = AbortSignal.any([signal]);
  return relay.fetch(url, { method, headers, body, redirect: "manual", encodeResponseBody: "manual", signal: leaving });
}
