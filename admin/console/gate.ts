import type { Context, MiddlewareHandler } from "hono";
import { isApiPath } from "../api/errors.ts";
import { type Problem, ProblemError } from "../api/problem.ts";
import { actorOf } from "../auth/actor.ts";
import { authenticate, type Authentication } from "../auth/authenticate.ts";
import { readSessionCookie, setSessionCookie } from "../auth/cookie.ts";
import { isSafeMethod, requestSource } from "../auth/origin.ts";
import { signInRequest } from "../auth/request.ts";
import { openByAccess, signIn } from "../auth/signin.ts";
import type { AdminApp } from "../context.ts";
import type { SessionView } from "../registry/reports.ts";
import { readForm } from "./forms.ts";
import { withNotice } from "./notices.ts";
import { goOn } from "./page.tsx";
import { takeProof } from "./proof-page.tsx";

const SIGN_IN = "/sign-in";
const SIGN_OUT = "/sign-out";

const CROSS_SITE: Problem = {
  status: 403,
  code: "cross-site",
  title: "This came from another site",
  detail: "Another site's page asked for this, so nothing was done. If it was you, do it again from here.",
};

const NO_PERSON: Problem = {
  status: 403,
  code: "access-service",
  title: "A service token doesn't open the console",
  detail: "Pages are for people. A program with a service token signs in with POST /api/session and the password.",
};

/** Opens a session for whom Cloudflare Access let through: there is no other sign-in then. */
async function enterByAccess(c: Context<AdminApp>, now: number): Promise<Authentication> {
  const { identity } = c.var;
  if (identity === null) return { kind: "signed-out" };
  // Or else a program would be the owner without the password that the API asks it for.
  if (!identity.isPerson) throw new ProblemError(NO_PERSON);
  // Access's own cookie comes with requests of other sites too.
  if (!isSafeMethod(c.req.method) && requestSource(c.req.raw) !== "own") return { kind: "cross-site" };
  const { token, session } = await openByAccess(signInRequest(c, now), identity);
  setSessionCookie(c, token);
  return { kind: "signed-in", session };
}

/**
 * Where the session ended while the owner was filling in a form: has them sign in on the way, so that the form isn't lost.
 *
 * @returns null where they did
 */
async function signInWithForm(c: Context<AdminApp>, now: number): Promise<Response | null> {
  let opened: SessionView | null = null;
  const refused = await takeProof(c, "ended", await readForm(c), async (shown) => {
    const result = await signIn(signInRequest(c, now), shown);
    if (result.kind !== "opened") return result;
    setSessionCookie(c, result.token);
    opened = result.session;
    return null;
  });
  if (opened !== null) letIn(c, opened);
  return refused;
}

function letIn(c: Context<AdminApp>, session: SessionView): void {
  c.set("session", session);
  c.set("actor", actorOf(c.req.raw, session.jti));
}

/** Sends somebody who isn't signed in to the sign-in; null: they signed in on the way. */
async function askWho(c: Context<AdminApp>, now: number): Promise<Response | null> {
  if (readSessionCookie(c) === undefined) return goOn(c, SIGN_IN);
  const { pathname, search } = new URL(c.req.url);
  if (isSafeMethod(c.req.method)) return goOn(c, withNotice(SIGN_IN, "session-over", { next: pathname + search }));
  // Another site's form is never carried along, and to sign out nobody has to sign in.
  const isLost = requestSource(c.req.raw) !== "own" || pathname === SIGN_OUT;
  return isLost ? goOn(c, withNotice(SIGN_IN, "session-over")) : signInWithForm(c, now);
}

/**
 * Lets only the owner through to the console; anybody else is sent to the sign-in. A page that is added later is closed
 * without anybody thinking of it.
 */
export const requireOwner: MiddlewareHandler<AdminApp> = async (c, next) => {
  if (isApiPath(c.req.path) || c.req.path === SIGN_IN) return next();
  const now = Date.now();
  const known = await authenticate(c, c.var.adminSecret, now);
  const found = known.kind === "signed-out" ? await enterByAccess(c, now) : known;
  if (found.kind === "cross-site") throw new ProblemError(CROSS_SITE);
  if (found.kind === "signed-in") {
    letIn(c, found.session);
    return next();
  }
  return (await askWho(c, now)) ?? next();
};

/** Stops another site's page from signing the browser in. */
export const refuseForeign: MiddlewareHandler<AdminApp> = async (c, next) => {
  if (requestSource(c.req.raw) === "foreign") throw new ProblemError(CROSS_SITE);
  return next();
};
