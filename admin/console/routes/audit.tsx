import type { Context, Hono } from "hono";
import { encodeAuditCursor } from "../../api/cursor.ts";
import { type FieldError, invalidInput, toFieldErrors } from "../../api/problem.ts";
import { auditQuery, filterOf } from "../../audit/schemas.ts";
import type { AdminApp } from "../../context.ts";
import { page } from "../page.tsx";
import { AUDIT_FILTERS, type AuditFilters, AuditPage } from "../pages/audit.tsx";

async function show(c: Context<AdminApp>): Promise<Response> {
  const query = c.req.query();
  const entries = AUDIT_FILTERS.map((name) => [name, query[name]?.trim() ?? ""] as const);
  const filters = Object.fromEntries(entries) as AuditFilters;
  // A form sends its empty fields too; to the schema they aren't there.
  const filled = Object.fromEntries(entries.filter(([, value]) => value !== ""));
  const parsed = auditQuery.safeParse({ ...filled, cursor: query["cursor"] });
  if (!parsed.success) return refuse(c, filters, toFieldErrors(parsed.error.issues));
  const { cursor = null, limit, ...asked } = parsed.data;
  const found = await c.var.bindings.registry.readAudit({ ...filterOf(asked), before: cursor, limit });
  const next = found.next === null ? null : encodeAuditCursor(found.next);
  return page(c, <AuditPage {...found} filters={filters} errors={[]} next={next} first={cursor === null} />);
}

function refuse(c: Context<AdminApp>, filters: AuditFilters, errors: FieldError[]): Promise<Response> {
  // A cursor is in no field: nobody types one.
  if (errors.some(({ field }) => !AUDIT_FILTERS.some((name) => name === field))) throw invalidInput(errors);
  const nothing = { entries: [], next: null, lookedBackTo: null };
  return page(c, <AuditPage {...nothing} filters={filters} errors={errors} first />, 422);
}

/** What was done. */
export function auditPages(app: Hono<AdminApp>): void {
  app.get("/audit", show);
}
