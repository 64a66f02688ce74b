import type { Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { addPasskey } from "../../api/passkeys.ts";
import { type FieldError, ProblemError, refused, toFieldErrors, valueOf } from "../../api/problem.ts";
import { passkeyInput, passkeyPatch } from "../../api/proof-schemas.ts";
import { isFresh } from "../../auth/fresh.ts";
import { isSealed, passkeyPlace } from "../../auth/passkey-keys.ts";
import { codeStep, readTotpSecret, totpSecret } from "../../auth/totp.ts";
import type { AdminApp } from "../../context.ts";
import { requireFresh } from "../../fresh.tsx";
import type { Passkey } from "../../registry/passkeys.ts";
import { readForm } from "../forms.ts";
import { noticeText, withNotice } from "../notices.ts";
import { goOn, page } from "../page.tsx";
import { NewCodePage } from "../pages/new-code.tsx";
import { PasskeyPage } from "../pages/passkey.tsx";
import { SignInSettingsPage } from "../pages/sign-in-settings.tsx";
import { parsedJson } from "../proof-forms.ts";

const PATH = "/settings/sign-in";
const ONE = `${PATH}/passkeys/:id` as const;
type PasskeyContext = Context<AdminApp, typeof ONE>;

async function show(
  c: Context<AdminApp>,
  errors: readonly FieldError[],
  status: ContentfulStatusCode,
): Promise<Response> {
  const { bindings, adminSecret, session, identity } = c.var;
  const passkeys = await bindings.registry.listPasskeys();
  const works = await Promise.all(passkeys.map((passkey) => isSealed(adminSecret, passkey)));
  return page(
    c,
    <SignInSettingsPage
      settings={bindings.signIn}
      passkeys={passkeys.map((passkey, index) => ({ ...passkey, works: works[index] === true }))}
      host={passkeyPlace(new URL(c.req.url))?.host ?? null}
      fresh={isFresh(session, identity, Date.now())}
      errors={errors}
      notice={noticeText(c.req.query("done"))}
    />,
    status,
  );
}

// The name's error stands at its field; the browser's answer has none.
const atField = ({ field, message }: FieldError): FieldError => ({ field: field === "name" ? field : "form", message });

async function add(c: Context<AdminApp>): Promise<Response> {
  const form = await readForm(c);
  const raw = { name: form.get("name") ?? "", response: parsedJson(form.get("response") ?? "") };
  const parsed = passkeyInput.safeParse(raw);
  if (!parsed.success) return show(c, toFieldErrors(parsed.error.issues).map(atField), 422);
  try {
    await addPasskey(c, parsed.data);
    return goOn(c, withNotice(PATH, "passkey-added"));
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const { detail, errors = [{ field: "form", message: detail }], status } = error.problem;
    return show(c, errors, status);
  }
}

async function find(c: PasskeyContext): Promise<Passkey> {
  const passkey = await c.var.bindings.registry.findPasskey(c.req.param("id"));
  if (passkey !== null) return passkey;
  throw refused({ kind: "missing", field: null, message: "There is no passkey of that id." });
}

async function rename(c: PasskeyContext): Promise<Response> {
  const passkey = await find(c);
  const name = (await readForm(c)).get("name") ?? "";
  const again = (errors: readonly FieldError[], status: 409 | 422) =>
    page(c, <PasskeyPage passkey={passkey} name={name} errors={errors} />, status);
  const parsed = passkeyPatch.safeParse({ name });
  if (!parsed.success) return again(toFieldErrors(parsed.error.issues), 422);
  const outcome = await c.var.bindings.registry.renamePasskey(passkey.id, parsed.data.name, c.var.actor);
  if (outcome.ok) return goOn(c, withNotice(PATH, "passkey-renamed"));
  return again([{ field: "name", message: outcome.refusal.message }], 409);
}

/** Shows a secret for an authenticator: the one that was tried, or a new one. */
async function newCode(c: Context<AdminApp>, tried: URLSearchParams | null): Promise<Response> {
  const { hostname } = new URL(c.req.url);
  const isOn = c.var.bindings.signIn.totp !== null;
  const key = tried === null ? null : readTotpSecret(tried.get("secret"));
  if (tried === null || key === null) {
    return page(c, <NewCodePage secret={totpSecret(hostname)} right={null} isOn={isOn} />);
  }
  const right = codeStep(key, tried.get("totp") ?? "", Date.now()) !== null;
  const status = right ? 200 : 422;
  return page(c, <NewCodePage secret={totpSecret(hostname, key)} right={right} isOn={isOn} />, status);
}

/** How the owner signs in: passkeys, the code, and what the rest is set to. */
export function signInSettingsPages(app: Hono<AdminApp>): void {
  app.get(PATH, async (c) => show(c, [], 200));
  app.get(`${PATH}/code`, async (c) => newCode(c, null));
  app.post(`${PATH}/code`, async (c) => newCode(c, await readForm(c)));

  app.post(`${PATH}/passkeys`, requireFresh, add);
  app.get(ONE, async (c) => {
    const passkey = await find(c);
    return page(c, <PasskeyPage passkey={passkey} name={passkey.name} errors={[]} />);
  });
  app.post(ONE, requireFresh, rename);
  app.post(`${ONE}/remove`, requireFresh, async (c) => {
    valueOf(await c.var.bindings.registry.removePasskey(c.req.param("id"), c.var.actor));
    return goOn(c, withNotice(PATH, "passkey-removed"));
  });
}
