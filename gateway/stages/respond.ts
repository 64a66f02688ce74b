import { cleanResponseHeaders } from "../headers.ts";
import { ROUTE_ROWS } from "../providers.ts";
import { Refused } from "../refusals.ts";
import { scrubber } from "../scrub.ts";
import type { Permit } from "./admit.ts";

/** Content codings that the runtime undoes when a body is read in JavaScript. */
const READABLE_CODINGS: ReadonlySet<string> = new Set(["", "identity", "gzip", "br"]);
/** Statuses that an answer can be made with (fetch.spec.whatwg.org, initialize a response). HTTP/1 can carry any number. */
const isStatus = (status: number): boolean => status >= 200 && status <= 599;
/** Statuses that have no body (fetch.spec.whatwg.org, null body status). */
const NO_BODY: ReadonlySet<number> = new Set([101, 204, 205, 304]);

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

/** Status and headers of an answer. Its reason phrase is free text too: one that quotes the key is left out. */
const headOf = (upstream: Response, key: string): Response | ResponseInit =>
  upstream.statusText.includes(key) ? { status: upstream.status, headers: upstream.headers } : upstream;

function scrubbed(upstream: Response, permit: Permit): Response {
  const head = headOf(upstream, permit.key);
  if (upstream.body === null || NO_BODY.has(upstream.status)) return new Response(null, head);
  const coding = (upstream.headers.get("content-encoding") ?? "").trim().toLowerCase();
  if (!READABLE_CODINGS.has(coding)) {
    // What can't be read can't be searched for the key, and so can't be let out.
    const { provider } = ROUTE_ROWS[permit.route];
    throw new Refused({ code: "unreadable_provider_error", provider, status: upstream.status });
  }
  const response = new Response(upstream.body.pipeThrough(scrubber(permit.key)), head);
  response.headers.delete("content-encoding");
  response.headers.delete("content-length");
  return response;
}

/**
 * Turns the provider's answer into the holder's: status, body bytes and streaming as they are; headers by the table; the
 * provider key taken out of error bodies and headers.
 *
 * @param upstream the provider's answer
 * @param permit of the request
 * @param method of the request: an answer to HEAD keeps the length of the body that it doesn't have
 * @throws Refused `unreadable_provider_error`
 */
export function respond(upstream: Response, permit: Permit, method: string): Response {
  if (!isStatus(upstream.status)) {
    const { provider } = ROUTE_ROWS[permit.route];
    throw new Refused({ code: "unreadable_provider_error", provider, status: upstream.status });
  }
  // A body handed on as it is flows natively, without JavaScript for each chunk.
  const asItIs = upstream.ok || method === "HEAD";
  const response = asItIs ? new Response(upstream.body, headOf(upstream, permit.key)) : scrubbed(upstream, permit);
  const location = upstream.headers.get("location");
  if (location !== null) {
    response.headers.delete("location");
    const local = localLocation(location, upstream.url);
    if (local !== null) response.headers.set("location", local);
  }
  cleanResponseHeaders(response.headers, permit.key);
  return response;
}
