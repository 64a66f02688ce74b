import { type Admitted, admitted, type Later } from "./admission.ts";
import { meant } from "./aliases.ts";
import { type Bindings, bindingsOf } from "./bindings.ts";
import { failureOf } from "./failures.ts";
import { follow, type Followed, NOT_FOLLOWED, usedSoFar } from "./follow.ts";
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

/** What is known of a request so far. */
interface Passage {
  /** When it came, ms since 1970. */
  at: number;
  route: Route | null;
  pass: Admitted | null;
  vigil: Vigil | null;
  /** Null until the provider is asked. */
  followed: Followed | null;
}

/** An answer, and what there is to settle; no outcome: the answer is followed, and settled at its end. */
interface Answered {
  response: Response;
  outcome: Outcome | null;
  used: Used;
}

/** The way of a request that is let in; where it throws, what there is to settle stands in the passage. */
async function answered(
  request: Request,
  received: Target,
  passage: Passage,
  bindings: Bindings,
  later: Later,
): Promise<Answered> {
  const { target: meantTarget, provider: named } = meant(received);
  const identity = identify(request.headers, meantTarget, named);
  passage.route = identity.route;
  refuseUnforwardable(request, meantTarget);
  const pass = await admitted(identity, request, meantTarget, bindings, later);
  passage.pass = pass;
  const { permit, target, opener } = pass;
  // One that left while its request was in the guard's queue.
  request.signal.throwIfAborted();
  if (isSocketRequest(request)) throw new Refused({ code: "websocket_not_supported" });
  // Its guard counts on it: a request that waits long for the provider must hear if it may not go on.
  const vigil = permit.reserved !== null ? keepVigil(bindings, pass.token, permit.id) : null;
  passage.vigil = vigil;
  const followed: Followed = { pass, request, bindings, vigil, askedAt: Date.now(), used: null };
  passage.followed = followed;
  const { method, headers, url } = request;
  // Never the request's own signal: the runtime doesn't end a fetch by that one.
  const signal = AbortSignal.any(vigil === null ? [request.signal] : [request.signal, vigil.signal]);
  const outward = outwardOf(request, bindings, later);
  const forwarded = forward({ method, headers, signal }, pass, identity.candidates, outward);
  const upstream = await (vigil === null ? forwarded : vigil.over(forwarded));
  permit.answeredAt = Date.now();
  const { body, settled } = isPassedOn(upstream) ? await follow(upstream, followed) : NOT_FOLLOWED;
  if (settled !== null) later(settled);
  const response = await respond(upstream, body, { ...permit, opener, target, method, url });
  addLimitHeaders(response.headers, permit.standing, ROUTE_ROWS[permit.route].dialect, permit.answeredAt);
  const used =
    followed.used ?? (settled === null && upstream.ok ? usedSoFar(followed, nothingRead(), true) : NOTHING_USED);
  return { response, outcome: settled === null ? { ended: "answered", status: response.status } : null, used };
}

/** The answer to what didn't get one. */
function failed(error: unknown, request: Request, passage: Passage, bindings: Bindings, later: Later): Answered {
  const { at, route, pass, vigil, followed } = passage;
  const isGone = request.signal.aborted;
  // Once the provider is asked, this is said of a body that its client broke off, and of nothing else.
  const isBrokenOff = error instanceof Refused && error.refusal.code === "unreadable_request";
  // The provider may have worked on it until then.
  const isGivenUp = isGone || isBrokenOff || (vigil !== null && vigil.death() !== null);
  const guess = isGivenUp && followed !== null ? usedSoFar(followed, nothingRead(), false) : NOTHING_USED;
  const used = followed?.used ?? guess;
  // Nobody reads it. 499 is what proxies log for it.
  if (isGone) return { response: new Response(null, { status: 499 }), outcome: { ended: "client_gone" }, used };
  const dialect = route === null ? null : ROUTE_ROWS[route].dialect;
  const { refusal, response } = failureOf(error, pass?.permit ?? null, dialect, Date.now());
  if (pass === null && error instanceof Refused) settleRefused(error, { route, at }, bindings, later, Date.now());
  return { response, outcome: { ended: "refused", code: refusal.code, status: response.status }, used };
}

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
  const passage: Passage = { at: Date.now(), route: null, pass: null, vigil: null, followed: null };
  let outcome: Outcome | null = { ended: "failed" };
  let used: Used = NOTHING_USED;
  try {
    const answer = await answered(request, received, passage, bindings, later).catch((error: unknown) =>
      failed(error, request, passage, bindings, later),
    );
    ({ outcome, used } = answer);
    return answer.response;
  } finally {
    if (passage.pass !== null && outcome !== null) {
      passage.vigil?.end();
      settle(passage.pass.permit, outcome, used, Date.now());
    }
  }
}
