import type { Context, Hono } from "hono";
import { type FieldError, refused, valueOf } from "../../api/problem.ts";
import type { AdminApp } from "../../context.ts";
import { tokenOf } from "../../finding.ts";
import { requireFresh } from "../../fresh.tsx";
import { endStreams } from "../../streams.ts";
import type { AuditPage } from "../../registry/reports.ts";
import type { Refusal, TokenView } from "../../registry/types.ts";
import { editFrom, readForm, rotationFrom, type TokenValues, valuesOf, withSecretGone } from "../forms.ts";
import { type Notice, noticeText, withNotice } from "../notices.ts";
import { readHelp } from "../form-help.ts";
import { keepSecret } from "../once.ts";
import { goOn, page, wantsJson } from "../page.tsx";
import { DeleteTokenPage } from "../pages/delete-token.tsx";
import { TokenPage, type TokenPageState } from "../pages/token.tsx";
import { valuesOfPolicy } from "../policy-values.ts";
import { tokenPreview } from "../preview.ts";
import { SHOWN_CHANGES, TokenHistory } from "../parts/token-history.tsx";
import { readTokenUsage, TokenUsage } from "../parts/token-usage.tsx";

type TokenContext = Context<AdminApp, "/tokens/:id">;

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

/** What the page needs beside what its forms show. */
async function aroundOf(c: TokenContext) {
  const { registry } = c.var.bindings;
  const [token, { policies }, help] = await Promise.all([tokenAt(c), registry.listPolicies(), readHelp(c)]);
  return { token, policies, help, now: Date.now() };
}

const historyOf = (c: TokenContext): Promise<AuditPage> =>
  c.var.bindings.registry.readAudit({ tokenId: c.req.param("id"), before: null, limit: SHOWN_CHANGES });

async function show(c: TokenContext): Promise<Response> {
  const [around, { entries }] = await Promise.all([aroundOf(c), historyOf(c)]);
  const { token, now } = around;
  const told = await readTokenUsage(c.var.bindings.gateway, token.id, now);
  const state: TokenPageState = { errors: [], values: valuesNow(token), form: "edit" };
  return page(
    c,
    <TokenPage {...around} notice={noticeText(c.req.query("done"))} {...state}>
      <TokenUsage id={token.id} told={told} />
      <TokenHistory id={token.id} entries={entries} />
    </TokenPage>,
  );
}

/** Shows the token's page with what was entered in one of its forms, and what is wrong there. */
async function showEntered(c: TokenContext, state: TokenPageState, status: 200 | 409 | 422): Promise<Response> {
  return page(c, <TokenPage {...await aroundOf(c)} notice={null} {...state} />, status);
}

/** What the edit form means as it stands: for the script as JSON, else the page again. */
async function preview(c: TokenContext): Promise<Response> {
  const form = await readForm(c);
  const values = valuesOf(form, "keep");
  if (!wantsJson(c)) return showEntered(c, { form: "edit", values, errors: [] }, 200);
  const now = Date.now();
  const [{ expiresAt }, { policies }] = await Promise.all([tokenAt(c), c.var.bindings.registry.listPolicies()]);
  const checked = editFrom(form, now);
  return c.json({ ...tokenPreview(values, { now, policies, expiresAt }), errors: checked.ok ? [] : checked.errors });
}

/** A refusal as an error of the form; where the token isn't there, there is no page to show it on. */
function refusalErrors(refusal: Refusal): FieldError[] {
  if (refusal.kind === "missing") throw refused(refusal);
  return [{ field: refusal.field ?? "form", message: refusal.message }];
}

async function edit(c: TokenContext): Promise<Response> {
  const id = c.req.param("id");
  const form = await readForm(c);
  const values = valuesOf(form, "keep");
  const checked = editFrom(form, Date.now());
  if (!checked.ok) return showEntered(c, { form: "edit", values, errors: checked.errors }, 422);
  const outcome = await c.var.bindings.registry.updateToken(id, checked.input, c.var.actor);
  if (outcome.ok) return goOn(c, withNotice(`/tokens/${id}`, "saved"));
  return showEntered(c, { form: "edit", values, errors: refusalErrors(outcome.refusal) }, 409);
}

async function switchTo(c: TokenContext, state: "active" | "disabled", notice: Notice): Promise<Response> {
  const { id } = valueOf(await c.var.bindings.registry.updateToken(c.req.param("id"), { state }, c.var.actor));
  return goOn(c, withNotice(`/tokens/${id}`, notice));
}

async function rotate(c: TokenContext): Promise<Response> {
  const id = c.req.param("id");
  const form = await readForm(c);
  const fail = async (errors: readonly FieldError[], status: 409 | 422): Promise<Response> => {
    const values = { ...valuesNow(await tokenAt(c)), ownSecret: form.get("secretKind") === "own" };
    return showEntered(c, { form: "rotate", values, errors: withSecretGone(errors, form) }, status);
  };
  const checked = rotationFrom(form);
  if (!checked.ok) return fail(checked.errors, 422);
  const outcome = await c.var.bindings.registry.rotateToken(id, checked.input, c.var.actor);
  if (!outcome.ok) return fail(refusalErrors(outcome.refusal), 409);
  await keepSecret(c, id, outcome.value.secret, Date.now());
  return goOn(c, `/tokens/${id}/secret`);
}

/** One token: reading it, and all that can be done to it. */
export function tokenPages(app: Hono<AdminApp>): void {
  app.get("/tokens/:id", show);
  app.post("/tokens/:id", edit);
  app.post("/tokens/:id/preview", preview);
  app.post("/tokens/:id/enable", async (c) => switchTo(c, "active", "enabled"));
  app.post("/tokens/:id/disable", async (c) => switchTo(c, "disabled", "disabled"));
  app.post("/tokens/:id/end-streams", async (c) => {
    const { token } = await endStreams(c.var.bindings, c.req.param("id"), c.var.actor);
    return goOn(c, withNotice(`/tokens/${token.id}`, "streams-ended"));
  });
  app.post("/tokens/:id/rotate", requireFresh, rotate);
  app.get("/tokens/:id/delete", async (c) => {
    const token = await tokenAt(c);
    if (token.status === "deleted") return goOn(c, `/tokens/${token.id}`);
    return page(c, <DeleteTokenPage token={token} />);
  });
  app.post("/tokens/:id/delete", requireFresh, async (c) => {
    const [token, form] = [await tokenAt(c), await readForm(c)];
    const typed = form.get("label") ?? "";
    // A second click of the same form: it is gone already.
    if (token.status !== "deleted" && typed.trim() !== token.label) {
      return page(c, <DeleteTokenPage token={token} typed={typed} />, 422);
    }
    valueOf(await c.var.bindings.registry.deleteToken(c.req.param("id"), c.var.actor));
    return goOn(c, withNotice("/tokens", "deleted"));
  });
}
