import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { clearSessionCookie, setSessionCookie } from "../auth/cookie.ts";
import { signIn } from "../auth/signin.ts";
import type { AdminApp } from "../context.ts";
import { refuseForeignSignIn, tooManyTries, wrongPassword } from "./access.ts";
import { valueOf } from "./problem.ts";
import { answer, body, PROBLEMS, READ_PROBLEMS, WRITE_PROBLEMS } from "./route.ts";
import { signInInput } from "./schemas.ts";
import { sessionJson, sessionShape } from "./shapes.ts";
import { toTime } from "./times.ts";

const OPENED = z.object({ token: z.string(), expiresAt: z.iso.datetime() }).openapi("OpenedSession");
const ENDED = z.object({ ended: z.int() }).openapi("EndedSessions");
const WRITE = WRITE_PROBLEMS;

const open = createRoute({
  method: "post",
  path: "/api/session",
  summary: "Sign in",
  security: [],
  middleware: refuseForeignSignIn,
  request: { body: body(signInInput) },
  responses: {
    201: answer("The session: its JWT, and the same as a cookie.", OPENED),
    ...WRITE,
    ...PROBLEMS.input,
    ...PROBLEMS.throttled,
  },
});

const close = createRoute({
  method: "delete",
  path: "/api/session",
  summary: "Sign out",
  responses: { 200: answer("The session that asked has ended.", ENDED), ...WRITE },
});

const list = createRoute({
  method: "get",
  path: "/api/sessions",
  summary: "List the live sessions",
  responses: {
    200: answer("The live sessions, newest first.", z.object({ sessions: z.array(sessionShape) })),
    ...READ_PROBLEMS,
  },
});

const end = createRoute({
  method: "delete",
  path: "/api/sessions/{jti}",
  summary: "End a session",
  request: { params: z.object({ jti: z.string() }) },
  responses: { 200: answer("The session has ended.", ENDED), ...WRITE, ...PROBLEMS.missing },
});

const endAll = createRoute({
  method: "delete",
  path: "/api/sessions",
  summary: "End all sessions, this one too",
  responses: { 200: answer("All sessions have ended.", ENDED), ...WRITE },
});

/** Puts the routes of sign-in and sessions onto the API. */
export function sessionRoutes(api: OpenAPIHono<AdminApp>): void {
  api.openapi(open, async (c) => {
    const { bindings, adminSecret, actor } = c.var;
    const { password } = c.req.valid("json");
    const result = await signIn(bindings, adminSecret, password, actor, Date.now());
    if (result.kind === "throttled") throw tooManyTries(result.retryAfterSeconds);
    if (result.kind === "wrong") throw wrongPassword();
    setSessionCookie(c, result.token);
    return c.json({ token: result.token, expiresAt: toTime(result.expiresAt) }, 201);
  });

  api.openapi(close, async (c) => {
    const { bindings, session, actor } = c.var;
    valueOf(await bindings.registry.endSession(session.jti, actor));
    clearSessionCookie(c);
    return c.json({ ended: 1 }, 200);
  });

  api.openapi(list, async (c) => {
    const { bindings, session } = c.var;
    const sessions = await bindings.registry.listSessions();
    return c.json({ sessions: sessions.map((one) => sessionJson(one, session.jti)) }, 200);
  });

  api.openapi(end, async (c) => {
    const { bindings, session, actor } = c.var;
    const { jti } = c.req.valid("param");
    valueOf(await bindings.registry.endSession(jti, actor));
    if (jti === session.jti) clearSessionCookie(c);
    return c.json({ ended: 1 }, 200);
  });

  api.openapi(endAll, async (c) => {
    const ended = await c.var.bindings.registry.endAllSessions(c.var.actor);
    clearSessionCookie(c);
    return c.json({ ended }, 200);
  });
}
