import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { clearSessionCookie, setSessionCookie } from "../auth/cookie.ts";
import { confirm, signIn } from "../auth/signin.ts";
import { signInRequest } from "../auth/request.ts";
import type { AdminApp } from "../context.ts";
import { refuseForeignSignIn } from "./access.ts";
import { valueOf } from "./problem.ts";
import { shownBy, signInInput } from "./proof-schemas.ts";
import { proofRefused } from "./proofs.ts";
import { answer, body, PROBLEMS, READ_PROBLEMS, WRITE_PROBLEMS } from "./route.ts";
import { sessionJson, sessionShape } from "./shapes.ts";
import { toTime } from "./times.ts";

const OPENED = z.object({ token: z.string(), expiresAt: z.iso.datetime() }).openapi("OpenedSession");
const ENDED = z.object({ ended: z.int() }).openapi("EndedSessions");
const ONE = z.object({ session: sessionShape });
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

const read = createRoute({
  method: "get",
  path: "/api/session",
  summary: "Read the session that asks",
  responses: { 200: answer("The session.", ONE), ...READ_PROBLEMS },
});

const prove = createRoute({
  method: "post",
  path: "/api/session/confirm",
  summary: "Prove who you are once more",
  description:
    "What reveals, deletes, or changes many things at once needs a proof that is at most 15 minutes old; a sign-in is one.",
  request: { body: body(signInInput) },
  responses: {
    200: answer("The session; its proof is fresh now.", ONE),
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

const KEEP = ["this"] as const;

const endAll = createRoute({
  method: "delete",
  path: "/api/sessions",
  summary: "End all sessions",
  request: {
    query: z.strictObject({
      keep: z
        .enum(KEEP, "Write this, or leave it out.")
        .optional()
        .openapi({ description: "`this`: all but the one that asks." }),
    }),
  },
  responses: { 200: answer("The sessions have ended.", ENDED), ...WRITE, ...PROBLEMS.input },
});

/** Puts the routes of sign-in and sessions onto the API. */
export function sessionRoutes(api: OpenAPIHono<AdminApp>): void {
  api.openapi(open, async (c) => {
    const shown = shownBy(c.req.valid("json"), c.var.bindings.signIn.totp !== null);
    const result = await signIn(signInRequest(c, Date.now()), shown);
    if (result.kind !== "opened") throw proofRefused(result);
    setSessionCookie(c, result.token);
    return c.json({ token: result.token, expiresAt: toTime(result.session.expiresAt) }, 201);
  });

  api.openapi(read, (c) => {
    const { bindings, session } = c.var;
    return c.json({ session: sessionJson(session, session.jti, bindings.signIn.idleMs) }, 200);
  });

  api.openapi(prove, async (c) => {
    const { bindings, session } = c.var;
    const now = Date.now();
    const shown = shownBy(c.req.valid("json"), bindings.signIn.totp !== null);
    const refusal = await confirm(signInRequest(c, now), session.jti, shown);
    if (refusal !== null) throw proofRefused(refusal);
    return c.json({ session: sessionJson({ ...session, provenAt: now }, session.jti, bindings.signIn.idleMs) }, 200);
  });

  api.openapi(close, async (c) => {
    const { bindings, session, actor } = c.var;
    valueOf(await bindings.registry.endSession(session.jti, actor));
    clearSessionCookie(c);
    return c.json({ ended: 1 }, 200);
  });

  api.openapi(list, async (c) => {
    const { bindings, session } = c.var;
    const { idleMs } = bindings.signIn;
    const sessions = await bindings.registry.listSessions(idleMs);
    return c.json({ sessions: sessions.map((one) => sessionJson(one, session.jti, idleMs)) }, 200);
  });

  api.openapi(end, async (c) => {
    const { bindings, session, actor } = c.var;
    const { jti } = c.req.valid("param");
    valueOf(await bindings.registry.endSession(jti, actor));
    if (jti === session.jti) clearSessionCookie(c);
    return c.json({ ended: 1 }, 200);
  });

  api.openapi(endAll, async (c) => {
    const { bindings, actor } = c.var;
    if (c.req.valid("query").keep === "this") {
      return c.json({ ended: await bindings.registry.endOtherSessions(actor) }, 200);
    }
    const ended = await bindings.registry.endAllSessions(actor);
    clearSessionCookie(c);
    return c.json({ ended }, 200);
  });
}
