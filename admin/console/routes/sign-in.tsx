import type { Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { FieldError } from "../../api/problem.ts";
import { proofProblem } from "../../api/proofs.ts";
import { authenticate } from "../../auth/authenticate.ts";
import { clearSessionCookie, setSessionCookie } from "../../auth/cookie.ts";
import { signInRequest } from "../../auth/request.ts";
import { type ProofRefusal, signIn } from "../../auth/signin.ts";
import type { AdminApp } from "../../context.ts";
import { readForm } from "../forms.ts";
import { refuseForeign } from "../gate.ts";
import { ownPath } from "../next.ts";
import { noticeText, withNotice } from "../notices.ts";
import { goOn, page } from "../page.tsx";
import { SignedOutOfAccessPage, SignInPage } from "../pages/sign-in.tsx";
import { shownFrom } from "../proof-forms.ts";
import { hasPasskeys } from "../proof-page.tsx";

// A page that a session ended on is gone back to.
const nextOf = (c: Context<AdminApp>, next: string | null | undefined): string =>
  ownPath(next ?? undefined, new URL(c.req.url).origin);

async function show(
  c: Context<AdminApp>,
  next: string,
  errors: readonly FieldError[],
  status: ContentfulStatusCode,
): Promise<Response> {
  return page(
    c,
    <SignInPage
      errors={errors}
      notice={noticeText(c.req.query("done"))}
      next={next}
      asksForCode={c.var.bindings.signIn.totp !== null}
      hasPasskeys={await hasPasskeys(c)}
    />,
    status,
  );
}

function refusalErrors(refusal: ProofRefusal): readonly FieldError[] {
  if (refusal.kind !== "throttled") return proofProblem(refusal).errors ?? [];
  const seconds = refusal.retryAfterSeconds;
  const wait = `There were too many tries. Wait ${seconds} ${seconds === 1 ? "second" : "seconds"}, then try again.`;
  return [{ field: "password", message: wait }];
}

async function trySignIn(c: Context<AdminApp>): Promise<Response> {
  const form = await readForm(c);
  const shown = shownFrom(form, "", c.var.bindings.signIn.totp !== null);
  const next = nextOf(c, form.get("next"));
  if (!shown.ok) return show(c, next, shown.errors, 422);
  const result = await signIn(signInRequest(c, Date.now()), shown.input);
  if (result.kind === "opened") {
    setSessionCookie(c, result.token);
    return goOn(c, next);
  }
  const { status, headers = {} } = proofProblem(result);
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
  return show(c, next, refusalErrors(result), status);
}

/** Signing in and out. */
export function signInPages(app: Hono<AdminApp>): void {
  app.get("/sign-in", async (c) => {
    const found = await authenticate(c, c.var.adminSecret, Date.now());
    const next = nextOf(c, c.req.query("next"));
    if (found.kind === "signed-in") return goOn(c, next);
    const { identity } = c.var;
    if (identity === null) return show(c, next, [], 200);
    return page(c, <SignedOutOfAccessPage name={identity.name} notice={noticeText(c.req.query("done"))} />);
  });

  app.post("/sign-in", refuseForeign, async (c) => {
    // With Cloudflare Access there is no password page, so nothing can be tried there either.
    if (c.var.identity !== null) return goOn(c, "/sign-in");
    return trySignIn(c);
  });

  app.post("/sign-out", async (c) => {
    const { bindings, session, actor } = c.var;
    await bindings.registry.endSession(session.jti, actor);
    clearSessionCookie(c);
    return goOn(c, withNotice("/sign-in", "signed-out"));
  });
}
