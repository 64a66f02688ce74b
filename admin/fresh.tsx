import type { Context, MiddlewareHandler } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { type FieldError, type Problem, ProblemError } from "./api/problem.ts";
import { proofProblem } from "./api/proofs.ts";
import { isFresh } from "./auth/fresh.ts";
import { isSafeMethod } from "./auth/origin.ts";
import { passkeyPlace, usablePasskeys } from "./auth/passkey-keys.ts";
import { signInRequest } from "./auth/request.ts";
import { confirm } from "./auth/signin.ts";
import type { AdminApp } from "./context.ts";
import { readForm } from "./console/forms.ts";
import { confirmAddress } from "./console/next.ts";
import { goOn, page } from "./console/page.tsx";
import { ConfirmPage } from "./console/pages/confirm.tsx";
import { CONFIRM_PREFIX, isProofField, shownFrom } from "./console/proof-forms.ts";

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

/** The page that asks for the proof, with all that the form before it sent. */
export async function askToConfirm(
  c: Context<AdminApp>,
  form: URLSearchParams,
  errors: readonly FieldError[],
  status: ContentfulStatusCode,
): Promise<Response> {
  const { bindings, adminSecret } = c.var;
  const place = passkeyPlace(new URL(c.req.url));
  const passkeys = await usablePasskeys(adminSecret, await bindings.registry.listPasskeys(), place);
  return page(
    c,
    <ConfirmPage
      action={c.req.path}
      fields={[...form].filter(([name]) => !isProofField(name))}
      asksForCode={bindings.signIn.totp !== null}
      hasPasskeys={passkeys.length > 0}
      byAccess={bindings.signIn.access !== null}
      errors={errors}
    />,
    status,
  );
}

/** Looks at the proof that came along with a form; null: it was right, and the session's is fresh now. */
async function answerToProof(c: Context<AdminApp>, form: URLSearchParams, now: number): Promise<Response | null> {
  const { bindings, session } = c.var;
  const shown = shownFrom(form, CONFIRM_PREFIX, bindings.signIn.totp !== null);
  if (!shown.ok) return askToConfirm(c, form, shown.errors, 422);
  const refusal = await confirm(signInRequest(c, now), session.jti, shown.input);
  if (refusal !== null) {
    const { status, detail, errors, headers = {} } = proofProblem(refusal);
    for (const [name, value] of Object.entries(headers)) c.header(name, value);
    return askToConfirm(c, form, errors ?? [{ field: "password", message: detail }], status);
  }
  c.set("session", { ...session, provenAt: now });
  return null;
}

/**
 * For routes of the console. A page that needs a fresh proof sends the owner to `/confirm` and back. A form that needs one
 * is answered with a page that asks for it and carries the form's own fields along, so that nothing has to be typed twice;
 * it posts to the same address, where the proof is looked at before the form is.
 */
export const requireFresh: MiddlewareHandler<AdminApp> = async (c, next) => {
  const now = Date.now();
  if (isFreshNow(c, now)) return next();
  if (isSafeMethod(c.req.method)) return goOn(c, confirmAddress(new URL(c.req.url)));
  const form = await readForm(c);
  const isAnswered = [...form.keys()].some(isProofField);
  const refused = isAnswered ? await answerToProof(c, form, now) : await askToConfirm(c, form, [], 403);
  return refused ?? next();
};
