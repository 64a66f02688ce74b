import type { AuthenticationResponseJSON } from "@simplewebauthn/server";
import type { AdminBindings } from "../bindings.ts";
import type { Proof } from "../registry/proofs.ts";
import type { AccessIdentity, SessionView } from "../registry/reports.ts";
import type { Actor } from "../registry/types.ts";
import type { Asserted } from "./access.ts";
import type { Purpose } from "./challenges.ts";
import type { PasskeyPlace } from "./passkey-keys.ts";
import { verifyAssertion } from "./passkeys.ts";
import { isSecret, signingKey } from "./secret.ts";
import { signSession } from "./session.ts";
import { codeStep } from "./totp.ts";

/** What the owner shows to prove who they are, after the schema's look at it. */
export type Shown =
  /** `totp`: the code as typed; empty where none is asked for. */
  { password: string; totp: string } | { passkey: AuthenticationResponseJSON };

/** Why a proof was refused. It never says which of password and code was wrong. */
export type ProofRefusal =
  | { kind: "wrong"; by: "password" | "password-and-code" | "passkey" }
  | { kind: "throttled"; retryAfterSeconds: number };

/** What became of a sign-in. `token`: the session's JWT. */
export type SignIn = { kind: "opened"; token: string; session: SessionView } | ProofRefusal;

/** What a sign-in goes by. */
export interface SignInRequest {
  bindings: Pick<AdminBindings, "registry" | "signIn">;
  /** `ADMIN_SECRET`, checked. */
  secret: string;
  /** Where passkeys work; null: nowhere. */
  place: PasskeyPlace | null;
  /** Who asks; its address is what the throttle counts by. */
  actor: Actor;
  /** Who it is by Cloudflare Access; null: it isn't used. */
  identity: AccessIdentity | null;
  /** ms since 1970. */
  now: number;
}

/** Both are looked at before either is judged, so that neither the answer nor its time tells which one was wrong. */
async function provePassword(request: SignInRequest, password: string, totp: string): Promise<Proof | null> {
  const key = request.bindings.signIn.totp;
  const isRight = await isSecret(password, request.secret);
  if (key === null) return isRight ? { by: "password", totpStep: null } : null;
  const totpStep = codeStep(key, totp, request.now);
  return isRight && totpStep !== null ? { by: "password", totpStep } : null;
}

async function provePasskey(
  { bindings, secret, place, now }: SignInRequest,
  response: AuthenticationResponseJSON,
  purpose: Purpose,
): Promise<Proof | null> {
  const passkey = await bindings.registry.findPasskey(response.id);
  if (passkey === null || place === null) return null;
  return verifyAssertion(secret, place, passkey, response, purpose, now);
}

const wrong = (proof: Proof["by"], { bindings }: SignInRequest): ProofRefusal => {
  const by = proof === "passkey" ? "passkey" : "password";
  return { kind: "wrong", by: by === "password" && bindings.signIn.totp !== null ? "password-and-code" : by };
};

/** Looks at what the owner shows. The registry has yet to use the proof up. */
async function prove(
  request: SignInRequest,
  shown: Shown,
  purpose: Purpose,
): Promise<{ kind: "proved"; proof: Proof } | ProofRefusal> {
  const { bindings, actor } = request;
  const admission = await bindings.registry.admitSignIn(actor);
  if (!admission.admitted) return { kind: "throttled", retryAfterSeconds: admission.retryAfterSeconds };
  const isPasskey = "passkey" in shown;
  const proof = isPasskey
    ? await provePasskey(request, shown.passkey, purpose)
    : await provePassword(request, shown.password, shown.totp);
  if (proof !== null) return { kind: "proved", proof };
  const by = isPasskey ? "passkey" : "password";
  await bindings.registry.refuseSignIn(by, actor);
  return wrong(by, request);
}

/** A session that is about to be opened, and its JWT. `provenAt`: ms since 1970. */
async function newSession({ secret, actor, identity, now }: SignInRequest, provenAt: number) {
  const jti = crypto.randomUUID();
  const { token, expiresAt } = await signSession(await signingKey(secret), jti, now);
  const { address, userAgent } = actor;
  return { token, session: { jti, createdAt: now, expiresAt, address, userAgent, provenAt, identity } };
}

/** Signs the owner in. The API and the console both go through here. */
export async function signIn(request: SignInRequest, shown: Shown): Promise<SignIn> {
  const proven = await prove(request, shown, "sign-in");
  if (proven.kind !== "proved") return proven;
  const { bindings, actor, now } = request;
  const { token, session } = await newSession(request, now);
  const opened = await bindings.registry.openSession(session, proven.proof, { ...actor, session: session.jti });
  return opened === null ? wrong(proven.proof.by, request) : { kind: "opened", token, session: opened };
}

/**
 * Lets in whom Cloudflare Access let through.
 *
 * @param asserted by a valid assertion
 */
export async function openByAccess(
  request: SignInRequest,
  asserted: Asserted,
): Promise<{ token: string; session: SessionView }> {
  const { bindings, actor, now } = request;
  const { token, session } = await newSession(request, Math.min(asserted.issuedAt, now));
  const opened = await bindings.registry.openSession(session, { by: "access" }, { ...actor, session: session.jti });
  if (opened === null) throw new Error("A proof by Access can't be used up.");
  return { token, session: opened };
}

/**
 * Has the owner prove once more who they are.
 *
 * @returns null where the proof was right: the session's is fresh now
 */
export async function confirm(request: SignInRequest, jti: string, shown: Shown): Promise<ProofRefusal | null> {
  const proven = await prove(request, shown, `confirm:${jti}`);
  if (proven.kind !== "proved") return proven;
  const isDone = await request.bindings.registry.confirmSession(jti, proven.proof, request.actor);
  return isDone ? null : wrong(proven.proof.by, request);
}
