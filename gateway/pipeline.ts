import { bindingsOf, type Bindings } from "./bindings.ts";
import { refusalResponse } from "./dialects.ts";
import { log } from "./log.ts";
import { findToken } from "./lookup.ts";
import { PROVIDER_ROWS, ROUTE_ROWS, type Route } from "./providers.ts";
import { Refused, type Refusal } from "./refusals.ts";
import { admit, type Permit } from "./stages/admit.ts";
import { authorize } from "./stages/authorize.ts";
import { forward } from "./stages/forward.ts";
import { candidatesOf, identify, refuseUnforwardable, type Identity } from "./stages/identify.ts";
import { respond } from "./stages/respond.ts";
import { settle, type Outcome } from "./stages/settle.ts";
import type { Target } from "./target.ts";
import type { Detour } from "./upstream.ts";

/** Takes work that goes on behind a request. */
type Later = (work: Promise<void>) => void;

async function permitFor(identity: Identity, bindings: Bindings, later: Later): Promise<Permit> {
  const now = Date.now();
  const found = await Promise.all(
    candidatesOf(identity).map((candidate) => findToken(bindings, candidate, now, later)),
  );
  const { route } = identity;
  const record = authorize(found, route, now);
  // `authorize` lets nothing pass that has no route.
  if (route === null) throw new Refused({ code: "missing_token" });
  return admit(bindings, record, route, now);
}

/** The relay, seen from where a request is. */
const detourOf = ({ cf }: Request, { relays }: Bindings): Detour | null =>
  relays === null ? null : { relays, colo: typeof cf?.["colo"] === "string" ? cf["colo"] : "" };

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
  let route: Route | null = null;
  let permit: Permit | null = null;
  let outcome: Outcome = { ended: "failed" };
  try {
    const identity = identify(request.headers, target);
    route = identity.route;
    refuseUnforwardable(request, target);
    permit = await permitFor(identity, bindings, later);
    if (request.headers.has("upgrade")) throw new Refused({ code: "websocket_not_supported" });
    const upstream = await forward(request, target, permit, identity.candidates, detourOf(request, bindings));
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
