import type { Context, MiddlewareHandler } from "hono";
import { type Problem, ProblemError } from "./api/problem.ts";
import { isFresh } from "./auth/fresh.ts";
import { isSafeMethod } from "./auth/origin.ts";
import { signInRequest } from "./auth/request.ts";
import { confirm } from "./auth/signin.ts";
import { readForm } from "./console/forms.ts";
import { confirmAddress } from "./console/next.ts";
import { goOn } from "./console/page.tsx";
import { takeProof } from "./console/proof-page.tsx";
import type { AdminApp } from "./context.ts";

// What reveals a secret, deletes, or changes many things at once needs a fresh proof of who the owner is: a session left
// open on a laptop, or a stolen cookie, isn't enough for it. The first minutes after a sign-in are free.

const STALE: Problem = {
  status: 403,
  code: "fresh-sign-in-required",
  title: "Prove once more who you are",
  detail:
    "This needs a proof of who you are that is at most 15 minutes old. Sign in anew, or send the password, with the code where " +
    "one is asked for, to POST /api/session/confirm; then repeat the request.",
};

const isFreshNow = (c: Context<AdminApp>, now: number): boolean => isFresh(c.var.session, c.var.identity, now);

/** For routes of the API. Behind `requireSession`. */
export const requireFreshApi: MiddlewareHandler<AdminApp> = async (c, next) => {
  if (!isFreshNow(c, Date.now())) throw new ProblemError(STALE);
  return next();
};

/**
 * For routes of the console. A page that needs a fresh proof sends the owner to `/confirm` and back. A form that needs one
 * is answered with a page that asks for it and carries the form's own fields along, so that nothing has to be typed twice;
 * it posts to the same address, where the proof is looked at before the form is.
 */
export const requireFresh: MiddlewareHandler<AdminApp> = async (c, next) => {
  const now = Date.now();
  if (isFreshNow(c, now)) return next();
  if (isSafeMethod(c.req.method)) return goOn(c, confirmAddress(new URL(c.req.url)));
  const { session } = c.var;
  const refused = await takeProof(c, "stale", await readForm(c), (shown) =>
    confirm(signInRequest(c, now), session.jti, shown),
  );
  if (refused !== null) return refused;
  c.set("session", { ...session, provenAt: now });
  return next();
};
