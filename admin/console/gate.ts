import type { MiddlewareHandler } from "hono";
import { isApiPath } from "../api/errors.ts";
import { type Problem, ProblemError } from "../api/problem.ts";
import { actorOf } from "../auth/actor.ts";
import { authenticate } from "../auth/authenticate.ts";
import { readSessionCookie } from "../auth/cookie.ts";
import { requestSource } from "../auth/origin.ts";
import type { AdminApp } from "../context.ts";
import { withNotice } from "./notices.ts";
import { goOn } from "./page.tsx";

const SIGN_IN = "/sign-in";

const CROSS_SITE: Problem = {
  status: 403,
  code: "cross-site",
  title: "This came from another site",
  detail: "Another site's page asked for this, so nothing was done. If it was you, do it again from here.",
};

/**
 * Lets only the owner through to the console; anybody else is sent to the sign-in. A page that is added later is closed
 * without anybody thinking of it.
 */
export const requireOwner: MiddlewareHandler<AdminApp> = async (c, next) => {
  if (isApiPath(c.req.path) || c.req.path === SIGN_IN) return next();
  const found = await authenticate(c, c.var.adminSecret, Date.now());
  if (found.kind === "cross-site") throw new ProblemError(CROSS_SITE);
  if (found.kind === "signed-out") {
    return goOn(c, readSessionCookie(c) === undefined ? SIGN_IN : withNotice(SIGN_IN, "session-over"));
  }
  c.set("session", found.session);
  c.set("actor", actorOf(c.req.raw, found.session.jti));
  return next();
};

/** Stops another site's page from signing the browser in. */
export const refuseForeign: MiddlewareHandler<AdminApp> = async (c, next) => {
  if (requestSource(c.req.raw) === "foreign") throw new ProblemError(CROSS_SITE);
  return next();
};
