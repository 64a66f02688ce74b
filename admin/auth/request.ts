import type { Context } from "hono";
import type { AdminApp } from "../context.ts";
import { passkeyPlace } from "./passkey-keys.ts";
import type { SignInRequest } from "./signin.ts";

/** What a sign-in goes by, of a request. `now`: ms since 1970. */
export function signInRequest(c: Context<AdminApp>, now: number): SignInRequest {
  const { bindings, adminSecret, actor, identity } = c.var;
  return {
    bindings,
    secret: adminSecret,
    place: passkeyPlace(new URL(c.req.url)),
    actor,
    identity: identity === null ? null : { subject: identity.subject, name: identity.name },
    now,
  };
}
