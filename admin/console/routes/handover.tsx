import type { Context, Hono } from "hono";
import { claimPath } from "../../../shared/claim.ts";
import { claimedId } from "../../../shared/token.ts";
import { noSuchToken } from "../../api/problem.ts";
import type { AdminApp } from "../../context.ts";
import { modelsOf, testToken } from "../../handover/handover.ts";
import type { TokenView } from "../../registry/types.ts";
import { gatewayAddress } from "../../handover/gateway-address.ts";
import { readForm } from "../forms.ts";
import { takeSecret } from "../once.ts";
import { page } from "../page.tsx";
import { ClaimLinkPage } from "../pages/claim-link.tsx";
import { SecretGonePage, SecretPage } from "../pages/secret.tsx";
import { trialWords } from "../parts/trial.tsx";

type TokenContext = Context<AdminApp, "/tokens/:id/*">;

async function tokenOf(c: TokenContext): Promise<TokenView> {
  const token = await c.var.bindings.registry.findToken(c.req.param("id"));
  if (token === null) throw noSuchToken();
  return token;
}

const addressOf = (c: TokenContext): string | null => gatewayAddress(c.var.bindings.gatewayUrl, new URL(c.req.url));

async function show(c: TokenContext): Promise<Response> {
  const token = await tokenOf(c);
  const secret = await takeSecret(c, token.id, Date.now());
  if (secret === null) return page(c, <SecretGonePage token={token} />, 410);
  if (claimedId(secret) !== null) {
    return page(c, <ClaimLinkPage token={token} path={claimPath(secret)} gateway={addressOf(c)} />);
  }
  const models = await modelsOf(c.var.bindings, token);
  return page(c, <SecretPage token={token} secret={secret} gateway={addressOf(c)} models={models} />);
}

/** Whoever asks without a page (the script) gets the words alone. */
const wantsWords = (c: TokenContext): boolean => c.req.header("accept") === "application/json";

async function test(c: TokenContext): Promise<Response> {
  const token = await tokenOf(c);
  const form = await readForm(c);
  const [secret, provider] = [form.get("secret") ?? "", form.get("provider") ?? ""];
  const gateway = addressOf(c);
  const wish = { secret, provider, model: null };
  const outcome = await testToken(c.var.bindings, token, wish, gateway, c.var.actor);
  const [trial, errors] = outcome.ok ? [outcome.trial, []] : [null, outcome.errors];
  const status = outcome.ok ? 200 : 422;
  if (wantsWords(c)) {
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
