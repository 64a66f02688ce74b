import { upstreamHeaders } from "../headers.ts";
import { ROUTE_ROWS } from "../providers.ts";
import { Refused } from "../refusals.ts";
import type { Permit } from "../stages/admit.ts";
import { upstreamUrl } from "../stages/forward.ts";
import type { Target } from "../target.ts";
import { unreachable } from "../unreachable.ts";
import { fetchUpstream, type Outward } from "../upstream.ts";

/** How long a provider may take to answer a handshake, in ms. */
const HANDSHAKE_DEADLINE_MS = 30_000;

/**
 * Makes the handshake with the provider: the key in a header, never in the query or a subprotocol.
 *
 * @param request the client's handshake
 * @param target the path and query to ask
 * @param permit from `admit`; is told which key was used in the end
 * @param secrets every token-shaped string of the client's slots
 * @param offered subprotocols, without credentials
 * @param outward what else is needed on the way
 * @returns the provider's answer: with its `webSocket` not yet accepted, or without one where it
 *   refused with a status of 400 and more
 * @throws Refused `misplaced_token`, `provider_key_rejected`, `provider_unreachable`, `provider_timeout`, `unreadable_provider_error`; whatever fetch throws once the client is gone
 */
export async function connect(
  request: Request,
  target: Target,
  permit: Permit,
  secrets: readonly string[],
  offered: readonly string[],
  outward: Outward,
): Promise<Response> {
  const { route } = permit;
  const { provider } = ROUTE_ROWS[route];
  const url = upstreamUrl(permit.origin, target, secrets);
  const headers = upstreamHeaders(request.headers, secrets);
  headers.set("upgrade", "websocket");
  if (offered.length > 0) headers.set("sec-websocket-protocol", offered.join(", "));
  const giveUp = new AbortController();
  const stop = (): void => giveUp.abort();
  const timer = setTimeout(stop, HANDSHAKE_DEADLINE_MS);
  request.signal.addEventListener("abort", stop);
  try {
    const handshake = { route, url, method: "GET", headers, body: null, signal: giveUp.signal };
    const answer = await fetchUpstream(handshake, permit, outward);
    if (answer.webSocket !== null || answer.status >= 400) return answer;
    // A page, or a redirect that may lead anywhere: nothing that a socket's client could use.
    throw new Refused({ code: "unreadable_provider_error", provider, status: answer.status });
  } catch (error) {
    if (error instanceof Refused || request.signal.aborted) throw error;
    if (giveUp.signal.aborted)
      throw new Refused({ code: "provider_timeout", provider, afterMs: HANDSHAKE_DEADLINE_MS });
    throw unreachable(error, permit);
  } finally {
    // The signal belongs to the handshake alone: it would end the open socket before its frames have arrived.
    clearTimeout(timer);
    request.signal.removeEventListener("abort", stop);
  }
}
