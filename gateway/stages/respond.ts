import { isReadable } from "../codings.ts";
import { cleanResponseHeaders } from "../headers.ts";
import { mendLinks, type Way } from "../links.ts";
import { ROUTE_ROWS } from "../providers.ts";
import { Refused } from "../refusals.ts";
import { scrubber } from "../scrub.ts";
import { credentialPairs, stripQuery } from "../slots.ts";

/** Statuses that have no body (fetch.spec.whatwg.org, null body status). */
const NO_BODY: ReadonlySet<number> = new Set([101, 204, 205, 304]);

/**
 * Where a provider's redirect leads a holder: to the same path here, if it stays on the provider's host; nowhere else,
 * since clients take their API key along.
 *
 * @param location the header's value
 * @param url that was asked upstream
 * @param way the provider key, which Google repeats in addresses; and the client's own query: a client that sends its API key
 *   there and nowhere else would come without one to where it is sent
 * @returns path and query, without the provider's credentials and with those that the client sent; or null
 */
export function localLocation(location: string, url: string, way: Pick<Way, "key" | "target">): string | null {
  if (!URL.canParse(location, url)) return null;
  const target = new URL(location, url);
  // A path of two slashes would be read as another host, and the client's API key would go there.
  if (target.origin !== new URL(url).origin || target.pathname.startsWith("//")) return null;
  const query = stripQuery(target.search, [way.key]);
  const own = credentialPairs(way.target.query).join("&");
  const separator = own === "" ? "" : query === "" ? "?" : "&";
  return target.pathname + query + separator + own + target.hash;
}

function scrubbed(upstream: Response, way: Way): Response {
  if (upstream.body === null || NO_BODY.has(upstream.status)) return new Response(null, upstream);
  if (!isReadable(upstream.headers)) {
    // What can't be read can't be searched for the key, and so can't be let out.
    const { provider } = ROUTE_ROWS[way.route];
    throw new Refused({ code: "unreadable_provider_error", provider, status: upstream.status });
  }
  const response = new Response(upstream.body.pipeThrough(scrubber(way.key)), upstream);
  response.headers.delete("content-encoding");
  response.headers.delete("content-length");
  return response;
}

/**
 * Turns the provider's answer into the holder's: status, body bytes and streaming as they are, but for addresses that lead
 * out of the gateway; headers by the table; the provider key taken out of error bodies and headers.
 *
 * @param upstream the provider's answer
 * @param way of the request: an answer to HEAD keeps the length of the body that it doesn't have
 * @throws Refused `unreadable_provider_error`, `provider_unreachable`
 */
export async function respond(upstream: Response, way: Way): Promise<Response> {
  // A body handed on as it is flows natively, without JavaScript for each chunk.
  const asItIs = upstream.ok || way.method === "HEAD";
  const response = await mendLinks(asItIs ? new Response(upstream.body, upstream) : scrubbed(upstream, way), way);
  const location = upstream.headers.get("location");
  if (location !== null) {
    response.headers.delete("location");
    const local = localLocation(location, upstream.url, way);
    if (local !== null) response.headers.set("location", local);
  }
  cleanResponseHeaders(response.headers, way.key);
  return response;
}
