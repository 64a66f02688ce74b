import { scrubbed } from "../error-body.ts";
import { cleanResponseHeaders, cleanStatusText } from "../headers.ts";
import { mendLinks, type Way } from "../links.ts";
import { credentialPairs, stripQuery } from "../slots.ts";
import { ROUTE_ROWS } from "../providers.ts";
import { Refused } from "../refusals.ts";

/** Statuses that an answer can be made with (fetch.spec.whatwg.org, initialize a response). HTTP/1 can carry any number. */
const isStatus = (status: number): boolean => status >= 200 && status <= 599;

/**
 * Where a provider's redirect leads a holder: to the same path here, if it stays on the provider's host; nowhere else,
 * since clients take their API key along.
 *
 * @param location the header's value
 * @param url that was asked upstream
 * @param way the provider keys, which Google repeats in addresses; and the client's own query: a client that sends its API key
 *   there and nowhere else would come without one to where it is sent
 * @returns path and query, without the provider's credentials and with those that the client sent; or null
 */
export function localLocation(location: string, url: string, way: Pick<Way, "keys" | "target">): string | null {
  if (!URL.canParse(location, url)) return null;
  const target = new URL(location, url);
  // A path of two slashes would be read as another host, and the client's API key would go there.
  if (target.origin !== new URL(url).origin || target.pathname.startsWith("//")) return null;
  const query = stripQuery(target.search, way.keys);
  const own = credentialPairs(way.target.query).join("&");
  const separator = own === "" ? "" : query === "" ? "?" : "&";
  return target.pathname + query + separator + own + target.hash;
}

/**
 * Tells whether an answer's body is passed on as it is, natively and without JavaScript for each chunk. Errors aren't: they may
 * hold the provider key. An answer without a body (HEAD) has nothing to search, and keeps the length that it tells.
 */
export const isPassedOn = (upstream: Response): boolean => upstream.ok || upstream.body === null;

/**
 * Turns the provider's answer into the holder's: status, body bytes and streaming as they are, but for addresses that lead
 * out of the gateway; headers by the table; the provider keys taken out of error bodies and headers.
 *
 * @param upstream the provider's answer
 * @param body its body as it flows to the holder, where the answer is passed on as it is
 * @param way of the request
 * @throws Refused `unreadable_provider_error`, `provider_unreachable`
 */
export async function respond(upstream: Response, body: Response["body"] | Uint8Array, way: Way): Promise<Response> {
  const { status, headers } = upstream;
  if (!isStatus(status)) {
    const { provider } = ROUTE_ROWS[way.route];
    throw new Refused({ code: "unreadable_provider_error", provider, status });
  }
  const passed = isPassedOn(upstream)
    ? new Response(body, {
        status,
        statusText: cleanStatusText(upstream.statusText, way.keys),
        headers,
        encodeBody: "manual",
      })
    : await scrubbed(upstream, way.route, way.keys);
  const response = await mendLinks(passed, way);
  const location = upstream.headers.get("location");
  if (location !== null) {
    response.headers.delete("location");
    const local = localLocation(location, upstream.url, way);
    if (local !== null) response.headers.set("location", local);
  }
  cleanResponseHeaders(response.headers, way.keys);
  return response;
}
