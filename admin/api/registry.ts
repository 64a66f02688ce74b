import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { readStatus } from "../status.ts";
import type { AdminApp } from "../context.ts";
import { requireFreshApi } from "../fresh.tsx";
import { answer, body, PROBLEMS, READ_PROBLEMS, WRITE_PROBLEMS } from "./route.ts";
import { rebuildInput } from "./schemas.ts";
import { rebuildJson, rebuildShape, statusJson, statusShape } from "./status-shapes.ts";

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

/** Puts the routes of the status and the rebuild onto the API. */
export function registryRoutes(api: OpenAPIHono<AdminApp>): void {
  api.openapi(status, async (c) => {
    return c.json(statusJson(await readStatus(c.var.bindings)), 200);
  });

  api.openapi(rebuild, async (c) => {
    const report = await c.var.bindings.registry.rebuild(c.req.valid("json").target, c.var.actor);
    return c.json(rebuildJson(report), 200);
  });
}
