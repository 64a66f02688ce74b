import { scrubbed } from "../error-body.ts";
import { cleanResponseHeaders } from "../headers.ts";
import type { Permit } from "./admit.ts";

/**
 * Where a provider's redirect leads a holder: to the same path here, if it stays on the provider's host; nowhere else,
 * since clients take their API key along.
 *
 * @param location the header's value
 * @param url that was asked upstream
 * @returns path and query, or null
 */
export function localLocation(location: string, url: string): string | null {
  if (!URL.canParse(location, url)) return null;
  const target = new URL(location, url);
  return target.origin === new URL(url).origin ? target.pathname + target.search + target.hash : null;
}

/**
 * Tells whether an answer's body is passed on as it is, natively and without JavaScript for each chunk. Errors aren't: they may
 * hold the provider key. An answer without a body (HEAD) has nothing to search, and keeps the length that it tells.
 */
export const isPassedOn = (upstream: Response): boolean => upstream.ok || upstream.body === null;

/**
 * Turns the provider's answer into the holder's: status, body bytes and streaming as they are; headers by the table; the
 * provider key taken out of error bodies and headers.
 *
 * @param upstream the provider's answer
 * @param body its body as it flows to the holder, where the answer is passed on as it is
 * @param permit of the request
 * @throws Refused `unreadable_provider_error`, `provider_key_rejected`
 */
export async function respond(upstream: Response, body: Response["body"], permit: Permit): Promise<Response> {
  const { status, statusText, headers } = upstream;
  const response = isPassedOn(upstream)
    ? new Response(body, { status, statusText, headers, encodeBody: "manual" })
    : await scrubbed(upstream, permit.route, permit.key);
  const location = upstream.headers.get("location");
  if (location !== null) {
    response.headers.delete("location");
    const local = localLocation(location, upstream.url);
    if (local !== null) response.headers.set("location", local);
  }
  cleanResponseHeaders(response.headers, permit.key);
  return response;
}
