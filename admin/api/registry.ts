import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { readStatus } from "../status.ts";
import type { AdminApp } from "../context.ts";
import { requireFreshApi } from "../fresh.tsx";
import { encodeAuditCursor } from "./cursor.ts";
import { answer, body, PROBLEMS, READ_PROBLEMS, WRITE_PROBLEMS } from "./route.ts";
import { auditQuery, rebuildInput } from "./schemas.ts";
import { auditJson, auditShape } from "./shapes.ts";
import { rebuildJson, rebuildShape, statusJson, statusShape } from "./status-shapes.ts";

const audit = createRoute({
  method: "get",
  path: "/api/audit",
  summary: "Read the audit log",
  request: { query: auditQuery },
  responses: {
    200: answer(
      "A page of the log, newest first.",
      z.object({ entries: z.array(auditShape), next: z.string().nullable() }),
    ),
    ...READ_PROBLEMS,
    ...PROBLEMS.input,
  },
});

const status = createRoute({
  method: "get",
  path: "/api/status",
  summary: "How the whole stands",
  responses: { 200: answer("What answers, and what isn't confirmed yet.", statusShape), ...READ_PROBLEMS },
});

const rebuild = createRoute({
  method: "post",
  path: "/api/rebuild",
  summary: "Rebuild the registry from KV, or what is published from the registry",
  middleware: requireFreshApi,
  request: { body: body(rebuildInput) },
  responses: { 200: answer("How far it came.", rebuildShape), ...WRITE_PROBLEMS, ...PROBLEMS.input },
});

/** Puts the routes of the audit log, the status and the rebuild onto the API. */
export function registryRoutes(api: OpenAPIHono<AdminApp>): void {
  api.openapi(audit, async (c) => {
    const { token = null, cursor = null, limit } = c.req.valid("query");
    const page = await c.var.bindings.registry.readAudit({ tokenId: token, before: cursor, limit });
    const next = page.next === null ? null : encodeAuditCursor(page.next);
    return c.json({ entries: page.entries.map(auditJson), next }, 200);
  });

  api.openapi(status, async (c) => {
    return c.json(statusJson(await readStatus(c.var.bindings)), 200);
  });

  api.openapi(rebuild, async (c) => {
    const report = await c.var.bindings.registry.rebuild(c.req.valid("json").target, c.var.actor);
    return c.json(rebuildJson(report), 200);
  });
}
