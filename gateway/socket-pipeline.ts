import { admitted, type Later } from "./admission.ts";
import { bindingsOf } from "./bindings.ts";
import { failureOf } from "./failures.ts";
import { addLimitHeaders } from "./limit-headers.ts";
import type { Outcome } from "./metering/entry.ts";
import { socketMeterOf } from "./metering/socket-meter.ts";
import { NOTHING_USED } from "./metering/used.ts";
import { ROUTE_ROWS } from "./providers.ts";
import { frameJudgeOf } from "./reading/frames.ts";
import { Refused } from "./refusals.ts";
import { connect } from "./sockets/connect.ts";
import type { SocketRequest } from "./sockets/endpoints.ts";
import { openSocket } from "./sockets/open.ts";
import { refuseSocket } from "./sockets/refuse.ts";
import { offeredSubprotocols } from "./sockets/subprotocols.ts";
import type { Permit } from "./stages/admit.ts";
import { identify, refuseUnforwardable } from "./stages/identify.ts";
import { respond } from "./stages/respond.ts";
import { settle, settleRefused } from "./stages/settle.ts";
import { outwardOf } from "./upstream.ts";
import { keepVigil, type Vigil } from "./vigil.ts";

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
  const at = Date.now();
  let permit: Permit | null = null;
  let vigil: Vigil | null = null;
  let outcome: Outcome | null = { ended: "failed" };
  try {
    refuseUnforwardable(request, target);
    const admission = await admitted(identity, request, target, bindings, later);
    const own = admission.permit;
    permit = own;
    // One that left while its request was in the guard's queue.
    request.signal.throwIfAborted();
    // A guard that granted it counts on it; else a socket is watched once it is open.
    if (own.reserved !== null) vigil = keepVigil(bindings, admission.token, own.id);
    const outward = outwardOf(request, bindings, later);
    const upstream = await connect(request, target, own, identity.candidates, offered, outward);
    own.answeredAt = Date.now();
    if (upstream.webSocket === null) {
      outcome = { ended: "answered", status: upstream.status };
      const way = { ...own, opener: admission.opener, target, method: request.method, url: request.url };
      return await refuseSocket(await respond(upstream, null, way), endpoint, offered);
    }
    const watching = vigil ?? keepVigil(bindings, admission.token, null);
    const meter = socketMeterOf(own, Date.now());
    const judge = frameJudgeOf(own.call.endpoint, admission.token.record);
    const terms = { endpoint, keys: own.keys, offered, vigil: watching, onlooker: meter, judge };
    const opened = openSocket(upstream, upstream.webSocket, terms);
    addLimitHeaders(opened.response.headers, own.standing, dialect, Date.now());
    outcome = null;
    const settleAtEnd = async (): Promise<void> => {
      const end = await opened.ended;
      const now = Date.now();
      settle(own, { ended: "socket_closed", ...end }, meter?.end(now) ?? NOTHING_USED, now);
    };
    later(settleAtEnd());
    return opened.response;
  } catch (error) {
    if (request.signal.aborted) {
      outcome = { ended: "client_gone" };
      return new Response(null, { status: 499 });
    }
    const { refusal, response } = failureOf(error, permit, dialect, Date.now());
    const turned = { route: endpoint.route, at };
    if (permit === null && error instanceof Refused) settleRefused(error, turned, bindings, later, Date.now());
    outcome = { ended: "refused", code: refusal.code, status: response.status };
    return await refuseSocket(response, endpoint, offered);
  } finally {
    if (permit !== null && outcome !== null) {
      vigil?.end();
      settle(permit, outcome, NOTHING_USED, Date.now());
    }
  }
}
