import type { Hono } from "hono";
import { invalidInput, toFieldErrors } from "../../api/problem.ts";
import { rebuildInput } from "../../api/schemas.ts";
import type { AdminApp } from "../../context.ts";
import { requireFresh } from "../../fresh.tsx";
import { readStatus } from "../../status.ts";
import { readForm } from "../forms.ts";
import { noticeText, withNotice } from "../notices.ts";
import { goOn, page } from "../page.tsx";
import { StatusPage } from "../pages/status.tsx";

/** How the whole stands. */
export function statePages(app: Hono<AdminApp>): void {
  app.get("/status", async (c) => {
    const status = await readStatus(c.var.bindings);
    return page(c, <StatusPage status={status} notice={noticeText(c.req.query("done"))} />);
  });

  app.post("/status/rebuild", requireFresh, async (c) => {
    const parsed = rebuildInput.safeParse({ target: (await readForm(c)).get("target") ?? undefined });
    if (!parsed.success) throw invalidInput(toFieldErrors(parsed.error.issues));
    await c.var.bindings.registry.rebuild(parsed.data.target, c.var.actor);
    return goOn(c, withNotice("/status", "rebuilding"));
  });
}
