import { meant } from "./aliases.ts";
import { bindingsOf, type Bindings } from "./bindings.ts";
import { refusalResponse } from "./dialects.ts";
import { flow } from "./flow.ts";
import { isNotedRejected, noteAccepted, noteRejected } from "./key-health.ts";
import { lastWords } from "./last-words.ts";
import { log } from "./log.ts";
import { findToken } from "./lookup.ts";
import { PROVIDER_ROWS, ROUTE_ROWS, type Route } from "./providers.ts";
import { Refused, type Refusal } from "./refusals.ts";
import { isSocketRequest } from "./sockets/endpoints.ts";
import { admit, type Permit } from "./stages/admit.ts";
import { authorize } from "./stages/authorize.ts";
import { forward } from "./stages/forward.ts";
import { candidatesOf, identify, refuseUnforwardable, type Identity } from "./stages/identify.ts";
import { isPassedOn, respond } from "./stages/respond.ts";
import { settle, type Outcome } from "./stages/settle.ts";
import type { Target } from "./target.ts";
import { watchToken, type Watched } from "./watch.ts";

/** Takes work that goes on behind a request. */
export type Later = (work: Promise<void>) => void;

/** An answer's body on its way. */
interface Following {
  body: Response["body"];
  /** Settles with the permit; null where the permit is settled at once. */
  settled: Promise<void> | null;
}

const NOT_FOLLOWED: Following = { body: null, settled: null };

/** A request that was let in. */
interface Admitted {
  token: Watched;
  permit: Permit;
}

/**
 * Finds the token of a request and its permit.
 *
 * @throws Refused where it isn't let in
 */
export async function admitted(identity: Identity, bindings: Bindings, later: Later): Promise<Admitted> {
  const now = Date.now();
  const found = await Promise.all(
    candidatesOf(identity).map((candidate) => findToken(bindings, candidate, now, later)),
  );
  const { route } = identity;
  const token = authorize(found, route, now);
  // `authorize` lets nothing pass that has no route.
  if (route === null) throw new Refused({ code: "missing_token" });
  return { token, permit: admit(bindings, token.record, route, now) };
}

/** Watches the token of an answer that takes its time, cuts it where the token dies, and settles when it is over. */
function follow(upstream: Response, client: AbortSignal, { token, permit }: Admitted, bindings: Bindings): Following {
  const { dialect } = ROUTE_ROWS[permit.route];
  const cut = new AbortController();
  let death: Refusal = { code: "unknown_token" };
  const { body, ended } = flow(upstream, client, cut.signal, () => lastWords(death, dialect, upstream.headers));
  if (ended === null) return { body, settled: null };
  const stop = watchToken(bindings, token, (refusal) => {
    death = refusal;
    cut.abort();
  });
  const settleAtEnd = async (): Promise<void> => {
    const end = await ended;
    stop();
    settle(permit, { ended: end, status: upstream.status }, Date.now());
  };
  return { body, settled: settleAtEnd() };
}

/** What the owner must know of a refusal, beyond what the holder was told. */
export function logRefusal(refusal: Refusal): void {
  if (refusal.code === "provider_not_configured") {
    log("error", refusal.code, { secret: refusal.secret, problem: refusal.problem });
  } else if (refusal.code === "provider_key_rejected") {
    const { provider, status, reason } = refusal;
    log("error", refusal.code, { provider, status, reason, secret: PROVIDER_ROWS[provider].keySecret });
  } else if (refusal.code === "provider_unreachable") {
    log("error", refusal.code, { provider: PROVIDER_ROWS[refusal.provider].name, reason: refusal.reason });
  } else {
    log("info", "refused", { code: refusal.code });
  }
}

/** The refusal that whatever was thrown leads to. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refused) return error.refusal;
  // The name alone: a message may quote a URL or a header.
  log("error", "internal_error", { name: error instanceof Error ? error.name : typeof error });
  return { code: "internal_error" };
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
  let route: Route | null = null;
  let permit: Permit | null = null;
  let outcome: Outcome | null = { ended: "failed" };
  try {
    const { target, provider } = meant(received);
    const identity = identify(request.headers, target, provider);
    route = identity.route;
    refuseUnforwardable(request, target);
    const admission = await admitted(identity, bindings, later);
    permit = admission.permit;
    if (isSocketRequest(request)) throw new Refused({ code: "websocket_not_supported" });
    const upstream = await forward(request, target, permit, identity.candidates);
    const following = isPassedOn(upstream) ? follow(upstream, request.signal, admission, bindings) : NOT_FOLLOWED;
    const response = await respond(upstream, following.body, permit);
    const { provider: asked } = ROUTE_ROWS[permit.route];
    if (upstream.ok && isNotedRejected(asked)) later(noteAccepted(bindings, asked));
    outcome = following.settled === null ? { ended: "answered", status: response.status } : null;
    if (following.settled !== null) later(following.settled);
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
    if (refusal.code === "provider_key_rejected") later(noteRejected(bindings, refusal.provider, Date.now()));
    return refusalResponse(refusal, route === null ? null : ROUTE_ROWS[route].dialect);
  } finally {
    if (permit !== null && outcome !== null) settle(permit, outcome, Date.now());
  }
}
