import { type Admitted, admitted, type Later } from "./admission.ts";
import { meant } from "./aliases.ts";
import { bindingsOf } from "./bindings.ts";
import { failureOf } from "./failures.ts";
import { follow, NOT_FOLLOWED, usedSoFar } from "./follow.ts";
import { addLimitHeaders } from "./limit-headers.ts";
import type { Outcome } from "./metering/entry.ts";
import { nothingRead } from "./metering/sink.ts";
import { NOTHING_USED, type Used } from "./metering/used.ts";
import { ROUTE_ROWS, type Route } from "./providers.ts";
import { Refused } from "./refusals.ts";
import { isSocketRequest } from "./sockets/endpoints.ts";
import { forward } from "./stages/forward.ts";
import { identify, refuseUnforwardable } from "./stages/identify.ts";
import { isPassedOn, respond } from "./stages/respond.ts";
import { settle, settleRefused } from "./stages/settle.ts";
import type { Target } from "./target.ts";
import { outwardOf } from "./upstream.ts";
import { keepVigil, type Vigil } from "./vigil.ts";

/**
 * A request's way: identify → authorize → admit → forward → respond → settle. The one place that knows the order.
 *
 * @param request the client's
 * @param received its path and query
 * @param later takes work that goes on behind the request
 * @returns always an answer: the provider's, or the gateway's own in the provider's shape
 */
export async function handle(request: Request, received: Target, env: GatewayEnv, later: Later): Promise<Response> {
  const bindings = bindingsOf(env);
  const at = Date.now();
  let route: Route | null = null;
  let pass: Admitted | null = null;
  let vigil: Vigil | null = null;
  let outcome: Outcome | null = { ended: "failed" };
  let used: Used = NOTHING_USED;
  try {
    const { target, provider } = meant(received);
    const identity = identify(request.headers, target, provider);
    route = identity.route;
    refuseUnforwardable(request, target);
    pass = await admitted(identity, request, target, bindings, later);
    const { permit } = pass;
    if (isSocketRequest(request)) throw new Refused({ code: "websocket_not_supported" });
    // Its guard counts on it: a request that waits long for the provider must hear if it may not go on.
    if (permit.granted) vigil = keepVigil(bindings, pass.token, permit.id);
    const { method, headers } = request;
    const signal = vigil === null ? request.signal : AbortSignal.any([request.signal, vigil.signal]);
    const outward = outwardOf(request, bindings, later);
    const forwarded = forward({ method, headers, signal }, pass, identity.candidates, outward);
    const upstream = await (vigil === null ? forwarded : vigil.over(forwarded));
    permit.answeredAt = Date.now();
    const following = isPassedOn(upstream) ? follow(upstream, { pass, request, bindings, vigil }) : NOT_FOLLOWED;
    if (following.settled !== null) later(following.settled);
    const way = { ...permit, opener: pass.opener, target: pass.target, method, url: request.url };
    const response = await respond(upstream, following.body, way);
    addLimitHeaders(response.headers, permit.standing, ROUTE_ROWS[permit.route].dialect, permit.answeredAt);
    outcome = following.settled === null ? { ended: "answered", status: response.status } : null;
    if (outcome !== null && upstream.ok) used = usedSoFar(pass, request, nothingRead(), true);
    return response;
  } catch (error) {
    if (request.signal.aborted) {
      outcome = { ended: "client_gone" };
      if (pass !== null) used = usedSoFar(pass, request, nothingRead(), false);
      // Nobody reads it. 499 is what proxies log for it.
      return new Response(null, { status: 499 });
    }
    // The provider may have worked on it until then.
    if (pass !== null && vigil !== null && vigil.death() !== null)
      used = usedSoFar(pass, request, nothingRead(), false);
    const dialect = route === null ? null : ROUTE_ROWS[route].dialect;
    const { refusal, response } = failureOf(error, pass?.permit ?? null, dialect, Date.now());
    if (pass === null && error instanceof Refused) settleRefused(error, { route, at }, bindings, later, Date.now());
    outcome = { ended: "refused", code: refusal.code, status: response.status };
    return response;
  } finally {
    if (pass !== null && outcome !== null) {
      vigil?.end();
      settle(pass.permit, outcome, used, Date.now());
    }
  }
}
