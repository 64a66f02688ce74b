import type { Context, Hono } from "hono";
import { type FieldError, refused } from "../../api/problem.ts";
import type { AdminApp } from "../../context.ts";
import { tokenOf } from "../../finding.ts";
import { requireFresh } from "../../fresh.tsx";
import type { Refusal, TokenView } from "../../registry/types.ts";
import { readHelp } from "../form-help.ts";
import { editFrom, readForm, rotationFrom, type TokenValues, valuesOf, withSecretGone } from "../forms.ts";
import { withNotice } from "../notices.ts";
import { keepSecret } from "../once.ts";
import { goOn, page, wantsJson } from "../page.tsx";
import { EditTokenPage } from "../pages/edit-token.tsx";
import { RotateTokenPage, type RotateValues } from "../pages/rotate-token.tsx";
import { valuesOfPolicy } from "../policy-values.ts";
import { tokenPreview } from "../preview.ts";

type TokenContext = Context<AdminApp, "/tokens/:id/*">;

const tokenAt = (c: TokenContext): Promise<TokenView> => tokenOf(c.var.bindings.registry, c.req.param("id"));

const valuesNow = (token: TokenView): TokenValues => ({
  label: token.label,
  note: token.note ?? "",
  providers: token.providers,
  expiry: "keep",
  expiresAt: "",
  expiresZone: "",
  ownSecret: false,
  follow: token.policy?.id ?? "",
  preset: null,
  policy: valuesOfPolicy(token),
});

/** A refusal as an error of the form; of a token that isn't there, or is deleted, there is no form to show it in. */
function refusalErrors(refusal: Refusal): FieldError[] {
  if (refusal.kind === "missing" || refusal.kind === "deleted") throw refused(refusal);
  return [{ field: refusal.field ?? "form", message: refusal.message }];
}

/** The form of the edit, as it was entered; `values` null: as the token is. */
async function showEdit(
  c: TokenContext,
  values: TokenValues | null,
  errors: readonly FieldError[],
  status: 200 | 409 | 422,
): Promise<Response> {
  const { registry } = c.var.bindings;
  const [token, { policies }, help] = await Promise.all([tokenAt(c), registry.listPolicies(), readHelp(c)]);
  if (token.status === "deleted") return goOn(c, `/tokens/${token.id}`);
  const props = { token, policies, help, errors, values: values ?? valuesNow(token), now: Date.now() };
  return page(c, <EditTokenPage {...props} />, status);
}

/** What the edit form means as it stands: for the script as JSON, else the form again. */
async function preview(c: TokenContext): Promise<Response> {
  const form = await readForm(c);
  const values = valuesOf(form, "keep");
  if (!wantsJson(c)) return showEdit(c, values, [], 200);
  const now = Date.now();
  const [{ expiresAt }, { policies }] = await Promise.all([tokenAt(c), c.var.bindings.registry.listPolicies()]);
  const checked = editFrom(form, now);
  return c.json({ ...tokenPreview(values, { now, policies, expiresAt }), errors: checked.ok ? [] : checked.errors });
}

async function edit(c: TokenContext): Promise<Response> {
  const id = c.req.param("id");
  const form = await readForm(c);
  const values = valuesOf(form, "keep");
  const checked = editFrom(form, Date.now());
  if (!checked.ok) return showEdit(c, values, checked.errors, 422);
  const outcome = await c.var.bindings.registry.updateToken(id, checked.input, c.var.actor);
  if (outcome.ok) return goOn(c, withNotice(`/tokens/${id}`, "saved"));
  return showEdit(c, values, refusalErrors(outcome.refusal), 409);
}

async function showRotation(
  c: TokenContext,
  values: RotateValues,
  errors: readonly FieldError[],
  status: 200 | 409 | 422,
): Promise<Response> {
  const token = await tokenAt(c);
  if (token.status === "deleted") return goOn(c, `/tokens/${token.id}`);
  return page(c, <RotateTokenPage token={token} values={values} errors={errors} />, status);
}

async function rotate(c: TokenContext): Promise<Response> {
  const id = c.req.param("id");
  const form = await readForm(c);
  const values = { graceSeconds: form.get("graceSeconds") ?? "0", ownSecret: form.get("secretKind") === "own" };
  const fail = (errors: readonly FieldError[], status: 409 | 422): Promise<Response> =>
    showRotation(c, values, withSecretGone(errors, form), status);
  const checked = rotationFrom(form);
  if (!checked.ok) return fail(checked.errors, 422);
  const outcome = await c.var.bindings.registry.rotateToken(id, checked.input, c.var.actor);
  if (!outcome.ok) return fail(refusalErrors(outcome.refusal), 409);
  await keepSecret(c, id, outcome.value.secret, Date.now());
  return goOn(c, `/tokens/${id}/secret`);
}

/** What is changed of a token by a form that has a page of its own. */
export function tokenChangePages(app: Hono<AdminApp>): void {
  app.get("/tokens/:id/edit", async (c) => showEdit(c, null, [], 200));
  app.post("/tokens/:id/edit", edit);
  app.post("/tokens/:id/preview", preview);
  app.get("/tokens/:id/rotate", async (c) => showRotation(c, { graceSeconds: "0", ownSecret: false }, [], 200));
  app.post("/tokens/:id/rotate", requireFresh, rotate);
}
