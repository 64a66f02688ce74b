import { admitted, type Later } from "./admission.ts";
import { bindingsOf } from "./bindings.ts";
import { refusalResponse } from "./dialects.ts";
import { refusalOf } from "./failures.ts";
import { isNotedRejected, noteAccepted } from "./key-health.ts";
import type { Outcome } from "./metering/entry.ts";
import { NOTHING_USED } from "./metering/used.ts";
import { ROUTE_ROWS } from "./providers.ts";
import type { Refusal } from "./refusals.ts";
import { connect } from "./sockets/connect.ts";
import type { SocketRequest } from "./sockets/endpoints.ts";
import { openSocket } from "./sockets/open.ts";
import { refuseSocket } from "./sockets/refuse.ts";
import { offeredSubprotocols } from "./sockets/subprotocols.ts";
import type { Permit } from "./stages/admit.ts";
import { identify, refuseUnforwardable } from "./stages/identify.ts";
import { respond } from "./stages/respond.ts";
import { settle } from "./stages/settle.ts";
import { detourOf } from "./upstream.ts";
import { watchToken } from "./watch.ts";

/**
 * A WebSocket's way: identify → authorize → admit → connect → relay → settle. What differs from `handle` is that the answer
 * is a socket, that a refusal is told on one, and that the permit is settled when the socket is over.
 *
 * @param request the client's handshake
 * @param socket what it is for
 * @param later takes work that goes on behind the answer
 * @returns always an answer: a 101, but for 426
 */
export async function handleSocket(
  request: Request,
  { endpoint, target }: SocketRequest,
  env: GatewayEnv,
  later: Later,
): Promise<Response> {
  const bindings = bindingsOf(env);
  const { provider, dialect } = ROUTE_ROWS[endpoint.route];
  const identity = identify(request.headers, target, provider);
  const offered = offeredSubprotocols(request.headers, identity.candidates);
  let permit: Permit | null = null;
  let outcome: Outcome | null = { ended: "failed" };
  try {
    refuseUnforwardable(request, target);
    const admission = await admitted(identity, request, target, bindings, later);
    permit = admission.permit;
    const upstream = await connect(request, target, permit, identity.candidates, offered, detourOf(request, bindings));
    if (upstream.webSocket === null) {
      outcome = { ended: "answered", status: upstream.status };
      const way = { ...admission.permit, opener: admission.opener, target, method: request.method, url: request.url };
      return await refuseSocket(await respond(upstream, null, way), endpoint, offered);
    }
    const watch = (onDead: (refusal: Refusal) => void) => watchToken(bindings, admission.token, onDead, null);
    const opened = openSocket(upstream, upstream.webSocket, { endpoint, key: permit.key, offered, watch });
    if (isNotedRejected(provider)) later(noteAccepted(bindings, provider));
    outcome = null;
    later(
      opened.ended.then((end) =>
        settle(admission.permit, { ended: "socket_closed", ...end }, NOTHING_USED, Date.now()),
      ),
    );
    return opened.response;
  } catch (error) {
    if (request.signal.aborted) {
      outcome = { ended: "client_gone" };
      return new Response(null, { status: 499 });
    }
    const refusal = refusalOf(error, bindings, later);
    const response = refusalResponse(refusal, dialect);
    outcome = { ended: "refused", code: refusal.code, status: response.status };
    return await refuseSocket(response, endpoint, offered);
  } finally {
    if (permit !== null && outcome !== null) settle(permit, outcome, NOTHING_USED, Date.now());
  }
}
