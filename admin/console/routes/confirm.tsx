import type { Hono } from "hono";
import { isFresh } from "../../auth/fresh.ts";
import type { AdminApp } from "../../context.ts";
import { requireFresh } from "../../fresh.tsx";
import { readForm } from "../forms.ts";
import { ownPath } from "../next.ts";
import { goOn } from "../page.tsx";
import { askForProof } from "../proof-page.tsx";

/** Proving once more who one is, on the way to a page. */
export function confirmPages(app: Hono<AdminApp>): void {
  app.get("/confirm", async (c) => {
    const { origin } = new URL(c.req.url);
    const next = ownPath(c.req.query("next"), origin);
    if (isFresh(c.var.session, c.var.identity, Date.now())) return goOn(c, next);
    return askForProof(c, "stale", new URLSearchParams({ next }), [], 200);
  });

  app.post("/confirm", requireFresh, async (c) => {
    const next = (await readForm(c)).get("next") ?? undefined;
    return goOn(c, ownPath(next, new URL(c.req.url).origin));
  });
}
