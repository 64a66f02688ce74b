import type { AdminBindings } from "../bindings.ts";
import type { Actor } from "../registry/types.ts";
import { isSecret, signingKey } from "./secret.ts";
import { signSession } from "./session.ts";

/** What became of a sign-in. */
export type SignIn =
  /** `expiresAt`: ms since 1970. */
  | { kind: "opened"; token: string; expiresAt: number }
  | { kind: "wrong" }
  | { kind: "throttled"; retryAfterSeconds: number };

/**
 * Signs the owner in. The API and the console both go through here.
 *
 * @param secret `ADMIN_SECRET`, checked
 * @param actor who asks; its address is what the throttle counts by
 * @param now ms since 1970
 */
export async function signIn(
  { registry }: Pick<AdminBindings, "registry">,
  secret: string,
  password: string,
  actor: Actor,
  now: number,
): Promise<SignIn> {
  const admission = await registry.admitSignIn(actor);
  if (!admission.admitted) return { kind: "throttled", retryAfterSeconds: admission.retryAfterSeconds };
  if (!(await isSecret(password, secret))) {
    await registry.refuseSignIn(actor);
    return { kind: "wrong" };
  }
  const jti = crypto.randomUUID();
  const { token, expiresAt } = await signSession(await signingKey(secret), jti, now);
  const { address, userAgent } = actor;
  await registry.openSession({ jti, createdAt: now, expiresAt, address, userAgent }, { ...actor, session: jti });
  return { kind: "opened", token, expiresAt };
}
