import type { Context, MiddlewareHandler } from "hono";
import { actorOf } from "../auth/actor.ts";
import { authenticate, bearerOf } from "../auth/authenticate.ts";
import { isSafeMethod, requestSource } from "../auth/origin.ts";
import { isSecret } from "../auth/secret.ts";
import type { AdminApp } from "../context.ts";
import { ProblemError } from "./problem.ts";
import { CHALLENGE } from "./proofs.ts";

const signedOut = (): ProblemError =>
  new ProblemError({
    status: 401,
    code: "signed-out",
    title: "You aren't signed in",
    detail: "There is no live session. Sign in with POST /api/session, then send its token as Authorization: Bearer.",
    headers: CHALLENGE,
  });

const crossSite = (): ProblemError =>
  new ProblemError({
    status: 403,
    code: "cross-site",
    title: "The request comes from another site",
    detail:
      "A browser may do this only from the admin's own pages. A program sends its token as Authorization: Bearer.",
  });

// Nothing else of the API is open: a route that is added later is closed without anybody thinking of it.
const OPEN: ReadonlySet<string> = new Set([
  "POST /api/session",
  "POST /api/session/passkey",
  "GET /api/openapi.json",
  "HEAD /api/openapi.json",
]);

/** Where the metrics are. */
export const METRICS_PATH = "/api/metrics";

/** Whether a request is a scraper's: it may read the metrics, for longer than a session lasts, and nothing else. */
export async function isScraper(c: Context<AdminApp>): Promise<boolean> {
  const { metricsToken } = c.var.bindings;
  const bearer = bearerOf(c.req.raw);
  if (metricsToken === null || bearer === null || c.req.path !== METRICS_PATH) return false;
  return isSafeMethod(c.req.method) && isSecret(bearer, metricsToken);
}

/** Lets only the owner through, and puts the session and the actor into the context. */
export const requireSession: MiddlewareHandler<AdminApp> = async (c, next) => {
  if (OPEN.has(`${c.req.method} ${c.req.path}`)) return next();
  if (await isScraper(c)) return next();
  const found = await authenticate(c, c.var.adminSecret, Date.now());
  if (found.kind === "signed-out") throw signedOut();
  if (found.kind === "cross-site") throw crossSite();
  c.set("session", found.session);
  c.set("actor", actorOf(c.req.raw, found.session.jti));
  return next();
};

/** Stops another site's page from signing a browser in. A program says nothing about pages, and may. */
export const refuseForeignSignIn: MiddlewareHandler<AdminApp> = async (c, next) => {
  if (requestSource(c.req.raw) === "foreign") throw crossSite();
  return next();
};
