import { plainBody } from "./codings.ts";
import { cleanStatusText } from "./headers.ts";
import { ROUTE_ROWS, type Route } from "./providers.ts";
import { Refused } from "./refusals.ts";
import { scrubber } from "./scrub.ts";

/**
 * An error of the provider's as a holder may see it: without the provider key, and without what tells whose account it is.
 *
 * @param upstream an answer that isn't 2xx and has a body
 * @param route how the request was spoken
 * @param keys the provider keys
 * @throws Refused `unreadable_provider_error`
 */
export async function scrubbed(upstream: Response, route: Route, keys: readonly string[]): Promise<Response> {
  const { provider } = ROUTE_ROWS[route];
  const body = await plainBody(upstream);
  // What can't be read can't be searched for the key, and so can't be let out.
  if (body === null) throw new Refused({ code: "unreadable_provider_error", provider, status: upstream.status });
  const response = new Response(body.pipeThrough(scrubber(keys)), {
    status: upstream.status,
    statusText: cleanStatusText(upstream.statusText, keys),
    headers: upstream.headers,
  });
  response.headers.delete("content-encoding");
  response.headers.delete("content-length");
  return response;
}
