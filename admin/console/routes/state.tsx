import type { Hono } from "hono";
import { encodeAuditCursor } from "../../api/cursor.ts";
import { invalidInput, toFieldErrors } from "../../api/problem.ts";
import { auditQuery, rebuildInput } from "../../api/schemas.ts";
import type { AdminApp } from "../../context.ts";
import { requireFresh } from "../../fresh.tsx";
import { readStatus } from "../../status.ts";
import { readForm } from "../forms.ts";
import { noticeText, withNotice } from "../notices.ts";
import { goOn, page } from "../page.tsx";
import { AuditPage } from "../pages/audit.tsx";
import { StatusPage } from "../pages/status.tsx";

/** What was done, and how the whole stands. */
export function statePages(app: Hono<AdminApp>): void {
  app.get("/audit", async (c) => {
    const token = c.req.query("token")?.trim() ?? "";
    const parsed = auditQuery.safeParse({ token: token || undefined, cursor: c.req.query("cursor") });
    if (!parsed.success) throw invalidInput(toFieldErrors(parsed.error.issues));
    const { cursor = null, limit } = parsed.data;
    const { entries, next } = await c.var.bindings.registry.readAudit({
      tokenId: token || null,
      before: cursor,
      limit,
    });
    const nextCursor = next === null ? null : encodeAuditCursor(next);
    return page(c, <AuditPage entries={entries} token={token} next={nextCursor} first={cursor === null} />);
  });

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
