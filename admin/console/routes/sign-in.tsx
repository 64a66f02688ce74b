import type { Context, Hono } from "hono";
import { type FieldError, toFieldErrors } from "../../api/problem.ts";
import { signInInput } from "../../api/schemas.ts";
import { authenticate } from "../../auth/authenticate.ts";
import { clearSessionCookie, setSessionCookie } from "../../auth/cookie.ts";
import { signIn } from "../../auth/signin.ts";
import type { AdminApp } from "../../context.ts";
import { readForm } from "../forms.ts";
import { refuseForeign } from "../gate.ts";
import { noticeText, withNotice } from "../notices.ts";
import { goOn, page } from "../page.tsx";
import { SignInPage } from "../pages/sign-in.tsx";

const passwordError = (message: string): FieldError[] => [{ field: "password", message }];

async function trySignIn(c: Context<AdminApp>): Promise<Response> {
  const { bindings, adminSecret, actor } = c.var;
  const form = await readForm(c);
  const parsed = signInInput.safeParse({ password: form.get("password") ?? "" });
  if (!parsed.success) return page(c, <SignInPage errors={toFieldErrors(parsed.error.issues)} />, 422);
  const result = await signIn(bindings, adminSecret, parsed.data.password, actor, Date.now());
  switch (result.kind) {
    case "opened":
      setSessionCookie(c, result.token);
      return goOn(c, "/");
    case "wrong":
      return page(c, <SignInPage errors={passwordError("This isn't the password.")} />, 401);
    case "throttled": {
      const seconds = result.retryAfterSeconds;
      c.header("retry-after", String(seconds));
      const wait = `There were too many tries. Wait ${seconds} ${seconds === 1 ? "second" : "seconds"}, then try again.`;
      return page(c, <SignInPage errors={passwordError(wait)} />, 429);
    }
  }
}

/** Signing in and out. */
export function signInPages(app: Hono<AdminApp>): void {
  app.get("/sign-in", async (c) => {
    const found = await authenticate(c, c.var.adminSecret, Date.now());
    if (found.kind === "signed-in") return goOn(c, "/");
    return page(c, <SignInPage notice={noticeText(c.req.query("done"))} />);
  });
  app.post("/sign-in", refuseForeign, trySignIn);
  app.post("/sign-out", async (c) => {
    const { bindings, session, actor } = c.var;
    await bindings.registry.endSession(session.jti, actor);
    clearSessionCookie(c);
    return goOn(c, withNotice("/sign-in", "signed-out"));
  });
}
