import type { Context, Hono } from "hono";
import type { AdminApp } from "../../context.ts";
import { requireFresh } from "../../fresh.tsx";
import { newTokenFrom, readForm, withSecretGone } from "../forms.ts";
import { keepSecret } from "../once.ts";
import { goOn } from "../page.tsx";
import { enteredToken, showNewToken } from "./token-form.tsx";

async function create(c: Context<AdminApp>): Promise<Response> {
  const form = await readForm(c);
  const now = Date.now();
  const checked = newTokenFrom(form, now);
  const values = enteredToken(form);
  if (!checked.ok) return showNewToken(c, { values, errors: withSecretGone(checked.errors, form) }, 422);
  const outcome = await c.var.bindings.registry.createToken(checked.input, c.var.actor);
  if (!outcome.ok) {
    const { field, message } = outcome.refusal;
    const errors = withSecretGone([{ field: field ?? "form", message }], form);
    return showNewToken(c, { values, errors }, 409);
  }
  const { secret, token } = outcome.value;
  await keepSecret(c, token.id, secret, now);
  return goOn(c, `/tokens/${token.id}/secret`);
}

/** Making a new token. */
export function newTokenPages(app: Hono<AdminApp>): void {
  app.post("/tokens", requireFresh, create);
}
