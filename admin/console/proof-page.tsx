import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { FieldError } from "../api/problem.ts";
import { proofProblem } from "../api/proofs.ts";
import { passkeyPlace, usablePasskeys } from "../auth/passkey-keys.ts";
import type { ProofRefusal, Shown } from "../auth/signin.ts";
import type { AdminApp } from "../context.ts";
import { page } from "./page.tsx";
import { ProofPage, type ProofReason } from "./pages/proof.tsx";
import { CONFIRM_PREFIX, isProofField, shownFrom } from "./proof-forms.ts";
import { waitingWords } from "./proof-words.ts";

/** Whether there are passkeys that open the admin at the address that was asked. */
export async function hasPasskeys(c: Context<AdminApp>): Promise<boolean> {
  const place = passkeyPlace(new URL(c.req.url));
  const passkeys = await c.var.bindings.registry.listPasskeys();
  return (await usablePasskeys(c.var.adminSecret, passkeys, place)).length > 0;
}

/** The page that asks for a proof, with all that the form before it sent. It posts to the same address. */
export async function askForProof(
  c: Context<AdminApp>,
  reason: ProofReason,
  form: URLSearchParams,
  errors: readonly FieldError[],
  status: ContentfulStatusCode,
): Promise<Response> {
  const { signIn } = c.var.bindings;
  return page(
    c,
    <ProofPage
      reason={reason}
      action={c.req.path}
      waiting={waitingWords(c.req.path, form, Date.now())}
      fields={[...form].filter(([name]) => !isProofField(name))}
      asksForCode={signIn.totp !== null}
      hasPasskeys={await hasPasskeys(c)}
      byAccess={signIn.access !== null}
      errors={errors}
    />,
    status,
  );
}

/**
 * Looks at the proof that came along with a form, and asks for one where none came or it is wrong.
 *
 * @param use what a proof is for
 * @returns null where it was right
 */
export async function takeProof(
  c: Context<AdminApp>,
  reason: ProofReason,
  form: URLSearchParams,
  use: (shown: Shown) => Promise<ProofRefusal | null>,
): Promise<Response | null> {
  if (![...form.keys()].some(isProofField)) return askForProof(c, reason, form, [], 403);
  const shown = shownFrom(form, CONFIRM_PREFIX, c.var.bindings.signIn.totp !== null);
  if (!shown.ok) return askForProof(c, reason, form, shown.errors, 422);
  const refusal = await use(shown.input);
  if (refusal === null) return null;
  const { status, detail, errors = [{ field: "password", message: detail }], headers = {} } = proofProblem(refusal);
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
  return askForProof(c, reason, form, errors, status);
}
