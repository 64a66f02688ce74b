import type { Context, Hono } from "hono";
import { claimPath } from "../../../shared/claim.ts";
import { claimedId } from "../../../shared/token.ts";
import type { AdminApp } from "../../context.ts";
import { tokenOf } from "../../finding.ts";
import { modelsOf, testToken } from "../../handover/handover.ts";
import { gatewayFor } from "../../handover/gateway-address.ts";
import { readForm } from "../forms.ts";
import { takeSecret } from "../once.ts";
import { page, wantsJson } from "../page.tsx";
import { ClaimLinkPage } from "../pages/claim-link.tsx";
import { SecretGonePage, SecretPage } from "../pages/secret.tsx";
import { trialWords } from "../parts/trial.tsx";

type TokenContext = Context<AdminApp, "/tokens/:id/*">;

async function show(c: TokenContext): Promise<Response> {
  const token = await tokenOf(c.var.bindings.registry, c.req.param("id"));
  const secret = await takeSecret(c, token.id, Date.now());
  if (secret === null) return page(c, <SecretGonePage token={token} />, 410);
  if (claimedId(secret) !== null) {
    return page(c, <ClaimLinkPage token={token} path={claimPath(secret)} gateway={gatewayFor(c)} />);
  }
  const models = await modelsOf(c.var.bindings, token);
  return page(c, <SecretPage token={token} secret={secret} gateway={gatewayFor(c)} models={models} />);
}

async function test(c: TokenContext): Promise<Response> {
  const token = await tokenOf(c.var.bindings.registry, c.req.param("id"));
  const form = await readForm(c);
  const [secret, provider] = [form.get("secret") ?? "", form.get("provider") ?? ""];
  const gateway = gatewayFor(c);
  const wish = { secret, provider, model: null };
  const outcome = await testToken(c.var.bindings, token, wish, gateway, c.var.actor);
  const [trial, errors] = outcome.ok ? [outcome.trial, []] : [null, outcome.errors];
  const status = outcome.ok ? 200 : 422;
  if (wantsJson(c)) {
    const title = errors.map(({ message }) => message).join(" ");
    return c.json(trial === null ? { good: false, title, detail: "" } : trialWords(trial), status);
  }
  // The card again: without it, the token that can't be shown twice would be off the screen.
  const models = await modelsOf(c.var.bindings, token);
  const props = { token, secret, gateway, models, trial, errors };
  return page(c, <SecretPage {...props} />, status);
}

/** The hand-over of a new secret: its card, and its test. */
export function handoverPages(app: Hono<AdminApp>): void {
  app.get("/tokens/:id/secret", show);
  app.post("/tokens/:id/secret/test", test);
}
