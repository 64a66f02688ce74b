import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { auditExportQuery, auditQuery, filterOf } from "../audit/schemas.ts";
import { AUDIT_COLUMNS, auditJson, type AuditLine, auditShape } from "../audit/shapes.ts";
import type { AdminBindings } from "../bindings.ts";
import type { AdminApp } from "../context.ts";
import type { AuditFilter } from "../registry/reports.ts";
import { type ExportPage, exportResponse } from "../usage/exporting.ts";
import { encodeAuditCursor } from "./cursor.ts";
import { answer, file, PROBLEMS, READ_PROBLEMS } from "./route.ts";
import { toTimeOrNull } from "./times.ts";

/** Lines of a page of an export: the free plan lets one request ask 50 times, so that is a quarter of a million. */
const ROWS = 5_000;

const read = createRoute({
  method: "get",
  path: "/api/audit",
  summary: "Read the audit log",
  description:
    "Filters narrow down together. A search looks at a bounded number of lines a time, so a page may be short, or empty, while `next` says that the log goes on.",
  request: { query: auditQuery },
  responses: {
    200: answer(
      "A page of the log, newest first.",
      z.object({
        entries: z.array(auditShape),
        next: z.string().nullable(),
        lookedBackTo: z.iso.datetime().nullable().openapi({
          description: "To when the search looked back where the page isn't full and the log goes on; else null.",
        }),
      }),
    ),
    ...READ_PROBLEMS,
    ...PROBLEMS.input,
  },
});

const download = createRoute({
  method: "get",
  path: "/api/audit/export",
  summary: "Export the audit log",
  description: "All lines that match, newest first. A file that isn't whole breaks off with an error.",
  request: { query: auditExportQuery },
  responses: {
    200: file("The lines, newest first.", ["text/csv", "application/x-ndjson"]),
    ...READ_PROBLEMS,
    ...PROBLEMS.input,
  },
});

async function pageOf(registry: AdminBindings["registry"], filter: AuditFilter): Promise<ExportPage<AuditLine>> {
  const { entries, next } = await registry.readAudit(filter);
  const goOn = () => pageOf(registry, { ...filter, before: next });
  return { rows: entries.map(auditJson), next: next === null ? null : goOn };
}

/** Puts the routes of the audit log onto the API. */
export function auditRoutes(api: OpenAPIHono<AdminApp>): void {
  api.openapi(read, async (c) => {
    const { cursor = null, limit, ...query } = c.req.valid("query");
    const page = await c.var.bindings.registry.readAudit({ ...filterOf(query), before: cursor, limit });
    const next = page.next === null ? null : encodeAuditCursor(page.next);
    return c.json({ entries: page.entries.map(auditJson), next, lookedBackTo: toTimeOrNull(page.lookedBackTo) }, 200);
  });

  api.openapi(download, async (c) => {
    const { format, ...query } = c.req.valid("query");
    const first = await pageOf(c.var.bindings.registry, { ...filterOf(query), before: null, limit: ROWS });
    const name = ["doppelgate-audit", query.token, query.from, query.to].filter((part) => part).join("-");
    // The id was sent by whoever asks: a file's name has no place for its quotes.
    return exportResponse(first, { format, name: name.replaceAll(/[^\w-]/g, ""), columns: AUDIT_COLUMNS });
  });
}
