import type { Context, Hono } from "hono";
import { invalidInput, valueOf } from "../../api/problem.ts";
import type { AdminApp } from "../../context.ts";
import { requireFresh } from "../../fresh.tsx";
import { claimFrom } from "../claim-forms.ts";
import { readForm } from "../forms.ts";
import { withNotice } from "../notices.ts";
import { keepSecret } from "../once.ts";
import { goOn } from "../page.tsx";

type ClaimContext = Context<AdminApp, "/tokens/:id/claim">;

async function prepare(c: ClaimContext): Promise<Response> {
  const id = c.req.param("id");
  const checked = claimFrom(await readForm(c));
  // The form offers choices alone: what else is sent wasn't chosen in it.
  if (!checked.ok) throw invalidInput(checked.errors);
  const { secret } = valueOf(await c.var.bindings.registry.prepareClaim(id, checked.input, c.var.actor));
  await keepSecret(c, id, secret, Date.now());
  return goOn(c, `/tokens/${id}/secret`);
}

/** What the owner does to a token's claim link. The new link is shown by `/tokens/:id/secret`, as a new secret is. */
export function claimPages(app: Hono<AdminApp>): void {
  app.post("/tokens/:id/claim", requireFresh, prepare);
  app.post("/tokens/:id/claim/withdraw", async (c) => {
    const { id } = valueOf(await c.var.bindings.registry.withdrawClaim(c.req.param("id"), c.var.actor));
    return goOn(c, withNotice(`/tokens/${id}`, "link-withdrawn"));
  });
}
