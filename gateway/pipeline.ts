import { admitted, type Later } from "./admission.ts";
import { meant } from "./aliases.ts";
import { bindingsOf } from "./bindings.ts";
import { failureOf } from "./failures.ts";
import { follow, NOT_FOLLOWED } from "./follow.ts";
import { addLimitHeaders } from "./limit-headers.ts";
import { ROUTE_ROWS, type Route } from "./providers.ts";
import { Refused } from "./refusals.ts";
import { isSocketRequest } from "./sockets/endpoints.ts";
import type { Permit } from "./stages/admit.ts";
import { forward } from "./stages/forward.ts";
import { identify, refuseUnforwardable } from "./stages/identify.ts";
import { isPassedOn, respond } from "./stages/respond.ts";
import { settle, type Outcome } from "./stages/settle.ts";
import type { Target } from "./target.ts";
import { outwardOf } from "./upstream.ts";

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
  let route: Route | null = null;
  let permit: Permit | null = null;
  let outcome: Outcome | null = { ended: "failed" };
  try {
    const { target, provider } = meant(received);
    const identity = identify(request.headers, target, provider);
    route = identity.route;
    refuseUnforwardable(request, target);
    const pass = await admitted(identity, request, target, bindings, later);
    permit = pass.permit;
    if (isSocketRequest(request)) throw new Refused({ code: "websocket_not_supported" });
    const upstream = await forward(request, pass, identity.candidates, outwardOf(request, bindings, later));
    permit.answeredAt = Date.now();
    const following = isPassedOn(upstream) ? follow(upstream, request.signal, pass, bindings) : NOT_FOLLOWED;
    const way = { ...permit, opener: pass.opener, target: pass.target, method: request.method, url: request.url };
    const response = await respond(upstream, following.body, way);
    addLimitHeaders(response.headers, permit.standing, ROUTE_ROWS[permit.route].dialect, permit.answeredAt);
    outcome = following.settled === null ? { ended: "answered", status: response.status } : null;
    if (following.settled !== null) later(following.settled);
    return response;
  } catch (error) {
    if (request.signal.aborted) {
      outcome = { ended: "client_gone" };
      // Nobody reads it. 499 is what proxies log for it.
      return new Response(null, { status: 499 });
    }
    const { refusal, response } = failureOf(
      error,
      permit,
      route === null ? null : ROUTE_ROWS[route].dialect,
      Date.now(),
    );
    outcome = { ended: "refused", code: refusal.code };
    return response;
  } finally {
    if (permit !== null && outcome !== null) settle(permit, outcome, null, Date.now());
  }
}
