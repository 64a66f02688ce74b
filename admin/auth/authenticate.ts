import type { Context } from "hono";
import type { AdminApp } from "../context.ts";
import type { SessionView } from "../registry/reports.ts";
import { readSessionCookie } from "./cookie.ts";
import { isSafeMethod, requestSource } from "./origin.ts";
import { signingKey } from "./secret.ts";
import { verifySession } from "./session.ts";

/** Whether a request is the owner's. */
export type Authentication =
  | { kind: "signed-in"; session: SessionView }
  /** There is no session, or it isn't live. */
  | { kind: "signed-out" }
  /** The session is live, but another site's page caused the request. */
  | { kind: "cross-site" };

/** What a request shows as `Authorization: Bearer`; null where it shows nothing. */
export function bearerOf(request: Request): string | null {
  return /^Bearer +(\S+) *$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? null;
}

/**
 * Finds out whose request it is: by the JWT in `Authorization: Bearer`, or else by the one in the session's cookie.
 *
 * @param secret `ADMIN_SECRET`, checked
 * @param now ms since 1970
 */
export async function authenticate(c: Context<AdminApp>, secret: string, now: number): Promise<Authentication> {
  const bearer = bearerOf(c.req.raw);
  const token = bearer ?? readSessionCookie(c);
  if (token === undefined) return { kind: "signed-out" };
  const jti = await verifySession(await signingKey(secret), token, now);
  const { registry, signIn } = c.var.bindings;
  const session = jti === null ? null : await registry.findSession(jti, signIn.idleMs);
  // With Cloudflare Access a session opens the door only to whom it was given; without it, none that Access opened counts.
  if (session === null || session.identity?.subject !== c.var.identity?.subject) return { kind: "signed-out" };
  // A browser sends cookies by itself, whoever's page asks: a change needs proof that it was ours. A bearer is that proof.
  const ours = bearer !== null || isSafeMethod(c.req.method) || requestSource(c.req.raw) === "own";
  return ours ? { kind: "signed-in", session } : { kind: "cross-site" };
}
