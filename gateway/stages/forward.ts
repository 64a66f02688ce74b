import { DeadlineError, withDeadline } from "../../shared/deadline.ts";
import type { Admitted } from "../admission.ts";
import { upstreamHeaders } from "../headers.ts";
import { ROUTE_ROWS } from "../providers.ts";
import { Refused } from "../refusals.ts";
import { stripQuery } from "../slots.ts";
import type { Target } from "../target.ts";
import { tokenFinder } from "../traces.ts";
import { unreachable } from "../unreachable.ts";
import { fetchUpstream, type Outward } from "../upstream.ts";

/** How long a provider may take until its headers are there, in ms. A body may take as long as it likes. */
const HEADERS_DEADLINE_MS = 15 * 60_000;

/** What no parser reads as anything but a path. */
const PLAIN_PATH = /^\/[\w/.:-]*$/;

/**
 * The address that a request goes to.
 *
 * @param origin of the provider, scheme and host without a path
 * @param target the client's path and query
 * @param secrets that may not stand in it
 * @throws Refused `misplaced_token` where the path holds one of them
 */
export function upstreamUrl(origin: string, target: Target, secrets: readonly string[]): string {
  if (tokenFinder(secrets)(target.path)) throw new Refused({ code: "misplaced_token" });
  // Joined as text behind a whole origin: a parser given `//evil.example/x` and a base would change the host.
  const url = `${origin}${target.path}${stripQuery(target.query, secrets)}`;
  // A plain path can't change the origin; parsing every address would cost each request.
  const isPlain = PLAIN_PATH.test(target.path);
  if (!isPlain && (!target.path.startsWith("/") || new URL(url).origin !== origin))
    throw new Error("the origin of a URL changed");
  return url;
}

/**
 * Sends a request to its provider: path, query and body as they came, headers by the table, one real key.
 *
 * @param request the client's; its signal ends the request to the provider while the answer hasn't begun
 * @param admitted its path and query, its body, and its permit, which is told the key that was used in the end
 * @param secrets every token-shaped string of the client's slots
 * @param outward what else is needed on the way
 * @returns the provider's answer, its body not yet read
 * @throws Refused `provider_key_rejected`, `provider_unreachable`, `provider_timeout`, `unreadable_request`; whatever fetch throws once the client is gone
 */
export async function forward(
  request: Pick<Request, "method" | "headers" | "signal">,
  { target, permit, body }: Pick<Admitted, "target" | "permit" | "body">,
  secrets: readonly string[],
  outward: Outward,
): Promise<Response> {
  const { route } = permit;
  const { provider } = ROUTE_ROWS[route];
  const url = upstreamUrl(permit.origin, target, secrets);
  const headers = upstreamHeaders(request.headers, secrets);
  // The runtime tells the length of bytes itself; the client's may be another body's by now.
  if (body instanceof Uint8Array) headers.delete("content-length");
  if (permit.call.usageAdded) {
    // A part of the answer's stream will be taken out again, so it must come readable.
    headers.set("accept-encoding", "identity");
    // The body was changed, and is plain now, however it came.
    headers.delete("content-encoding");
  }
  try {
    const { method, signal } = request;
    const asked = fetchUpstream({ route, url, method, headers, body, signal }, permit, outward);
    // Past the deadline the request to the provider ends with this one: a signal of its own would cost every request.
    return await withDeadline(asked, HEADERS_DEADLINE_MS, "the provider");
  } catch (error) {
    if (error instanceof DeadlineError) {
      throw new Refused({ code: "provider_timeout", provider, afterMs: HEADERS_DEADLINE_MS });
    }
    throw request.signal.aborted ? error : unreachable(error, permit);
  }
}
