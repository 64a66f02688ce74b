import type { TokenRecord } from "../shared/record.ts";
import { standingOf } from "../shared/standing.ts";
import { bindingsOf, type Bindings } from "./bindings.ts";
import { refusalResponse } from "./dialects.ts";
import { log } from "./log.ts";
import { findToken, type Found } from "./lookup.ts";
import { PROVIDER_ROWS, ROUTE_ROWS, type Route } from "./providers.ts";
import { Refused, type Refusal } from "./refusals.ts";
import { connect } from "./sockets/connect.ts";
import { isSocketRequest, socketRequestOf, type SocketRequest } from "./sockets/endpoints.ts";
import { openSocket } from "./sockets/open.ts";
import { refuseSocket } from "./sockets/refuse.ts";
import { offeredSubprotocols } from "./sockets/subprotocols.ts";
import { admit, type Permit } from "./stages/admit.ts";
import { authorize } from "./stages/authorize.ts";
import { forward } from "./stages/forward.ts";
import { candidatesOf, identify, refuseUnforwardable, type Identity } from "./stages/identify.ts";
import { respond } from "./stages/respond.ts";
import { settle, type Outcome } from "./stages/settle.ts";
import type { Target } from "./target.ts";
import { watchToken } from "./watch.ts";

/** Takes work that goes on behind a request. */
type Later = (work: Promise<void>) => void;

/** A permit, and the token that it was granted to. */
interface Admitted {
  permit: Permit;
  token: { record: TokenRecord; hash: string };
}

/** The secret that opened a token: two of one token may stand in a request while a rotation's grace lasts. */
function hashOf(record: TokenRecord, found: readonly Found[], now: number): string {
  return found.find(({ hash }) => standingOf(record, hash, now).standing === "live")?.hash ?? "";
}

async function permitFor(identity: Identity, bindings: Bindings, later: Later): Promise<Admitted> {
  const now = Date.now();
  const found = await Promise.all(
    candidatesOf(identity).map((candidate) => findToken(bindings, candidate, now, later)),
  );
  const { route } = identity;
  const record = authorize(found, route, now);
  // `authorize` lets nothing pass that has no route.
  if (route === null) throw new Refused({ code: "missing_token" });
  return { permit: admit(bindings, record, route, now), token: { record, hash: hashOf(record, found, now) } };
}

/** What the owner must know of a refusal, beyond what the holder was told. */
function logRefusal(refusal: Refusal): void {
  if (refusal.code === "provider_not_configured") {
    log("error", refusal.code, { secret: refusal.secret, problem: refusal.problem });
  } else if (refusal.code === "provider_unreachable") {
    log("error", refusal.code, { provider: PROVIDER_ROWS[refusal.provider].name, reason: refusal.reason });
  } else {
    log("info", "refused", { code: refusal.code });
  }
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refused) return error.refusal;
  // The name alone: a message may quote a URL or a header.
  log("error", "internal_error", { name: error instanceof Error ? error.name : typeof error });
  return { code: "internal_error" };
}

/** What a socket's handshake goes by. */
interface SocketWay {
  socket: SocketRequest;
  bindings: Bindings;
  later: Later;
}

/** A handshake's way: the same stages, but that the answer is a socket, and a refusal is told on one. */
async function handleSocket(request: Request, way: SocketWay): Promise<Response> {
  const { socket, bindings, later } = way;
  const { endpoint, target } = socket;
  const { dialect } = ROUTE_ROWS[endpoint.route];
  let offered: string[] = [];
  let permit: Permit | null = null;
  let outcome: Outcome = { ended: "failed" };
  try {
    const identity = { ...identify(request.headers, target), route: endpoint.route };
    offered = offeredSubprotocols(request.headers, identity.candidates);
    refuseUnforwardable(request, target);
    const admitted = await permitFor(identity, bindings, later);
    permit = admitted.permit;
    const upstream = await connect(request, target, permit, identity.candidates, offered);
    if (upstream.webSocket === null) {
      outcome = { ended: "answered", status: upstream.status };
      return await refuseSocket(respond(upstream, permit, request.method), endpoint, offered);
    }
    const watch = (onDead: (refusal: Refusal) => void) => watchToken(bindings, admitted.token, onDead);
    const opened = openSocket(upstream, upstream.webSocket, { endpoint, key: permit.key, offered, watch });
    permit = null;
    later(opened.ended.then((end) => settle(admitted.permit, { ended: "socket_closed", ...end }, Date.now())));
    return opened.response;
  } catch (error) {
    if (request.signal.aborted) {
      outcome = { ended: "client_gone" };
      return new Response(null, { status: 499 });
    }
    const refusal = refusalOf(error);
    outcome = { ended: "refused", code: refusal.code };
    logRefusal(refusal);
    return await refuseSocket(refusalResponse(refusal, dialect), endpoint, offered);
  } finally {
    if (permit !== null) settle(permit, outcome, Date.now());
  }
}

/**
 * A request's way: identify → authorize → admit → forward → respond → settle. The one place that knows the order.
 *
 * @param request the client's
 * @param target its path and query
 * @param later takes work that goes on behind the request
 * @returns always an answer: the provider's, or the gateway's own in the provider's shape
 */
export async function handle(request: Request, target: Target, env: GatewayEnv, later: Later): Promise<Response> {
  const bindings = bindingsOf(env);
  const socket = socketRequestOf(request, target);
  if (socket !== null) return handleSocket(request, { socket, bindings, later });
  let route: Route | null = null;
  let permit: Permit | null = null;
  let outcome: Outcome = { ended: "failed" };
  try {
    const identity = identify(request.headers, target);
    route = identity.route;
    refuseUnforwardable(request, target);
    ({ permit } = await permitFor(identity, bindings, later));
    if (isSocketRequest(request)) throw new Refused({ code: "websocket_not_supported" });
    const upstream = await forward(request, target, permit, identity.candidates);
    const response = respond(upstream, permit, request.method);
    outcome = { ended: "answered", status: response.status };
    return response;
  } catch (error) {
    if (request.signal.aborted) {
      outcome = { ended: "client_gone" };
      // Nobody reads it. 499 is what proxies log for it.
      return new Response(null, { status: 499 });
    }
    const refusal = refusalOf(error);
    outcome = { ended: "refused", code: refusal.code };
    logRefusal(refusal);
    return refusalResponse(refusal, route === null ? null : ROUTE_ROWS[route].dialect);
  } finally {
    if (permit !== null) settle(permit, outcome, Date.now());
  }
}
