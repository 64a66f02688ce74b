import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { methodNotAllowed } from "hono/method-not-allowed";
import { requireAccess } from "./access.ts";
import { requireSession } from "./api/access.ts";
import { makeApi } from "./api/api.ts";
import { isApiPath, noSuchPath, problemOf, TOO_LARGE, wrongMethod } from "./api/errors.ts";
import { type Problem, problemResponse } from "./api/problem.ts";
import { actorOf } from "./auth/actor.ts";
import { readBindings } from "./bindings.ts";
import { makeAssets } from "./console/assets.ts";
import { makeConsole } from "./console/console.tsx";
import { problemPage } from "./console/page.tsx";
import type { AdminApp } from "./context.ts";
import { securityHeaders } from "./headers.ts";
import { setupAnswer } from "./setup.tsx";

const MAX_BODY = 64 * 1024;

const answerProblem = (c: Context<AdminApp>, problem: Problem): Response | Promise<Response> =>
  isApiPath(c.req.path) ? problemResponse(c, problem) : problemPage(c, problem);

/** The admin: what is asked of every request, in this order, and then the API and the console. */
export function makeApp(): OpenAPIHono<AdminApp> {
  const app = new OpenAPIHono<AdminApp>();
  app.use(securityHeaders);
  // Before the look at the secret: the page that says how to set it has a style too.
  app.route("/", makeAssets());
  app.use(async (c, next) => {
    const bindings = readBindings(c.env);
    // Never an open door: without a secret there is nothing to sign in with, and nothing to see.
    // Nor one that lacks a lock: a setting of the sign-in that can't be understood is never left out.
    if (bindings.adminSecret === null || bindings.faults.length > 0) return setupAnswer(c, bindings);
    c.set("bindings", bindings);
    c.set("adminSecret", bindings.adminSecret);
    c.set("actor", actorOf(c.req.raw, null));
    c.set("identity", null);
    return next();
  });
  app.use(requireAccess);
  app.use(bodyLimit({ maxSize: MAX_BODY, onError: (c) => answerProblem(c, TOO_LARGE) }));
  app.use(methodNotAllowed({ app, onMethodNotAllowed: (c, methods) => answerProblem(c, wrongMethod(methods)) }));
  app.use("/api", requireSession);
  app.use("/api/*", requireSession);
  app.route("/", makeApi());
  app.route("/", makeConsole());
  app.notFound((c) => answerProblem(c, noSuchPath(c.req.path)));
  app.onError((error, c) => answerProblem(c, problemOf(error, c)));
  return app;
}
