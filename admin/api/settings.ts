import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { AdminApp } from "../context.ts";
import { readSettings } from "../settings/reading.ts";
import { settingsJson, settingsShape } from "../settings/shapes.ts";
import { answer, READ_PROBLEMS } from "./route.ts";

const read = createRoute({
  method: "get",
  path: "/api/settings",
  summary: "What is set, and what was used of the day",
  responses: { 200: answer("The settings.", settingsShape), ...READ_PROBLEMS },
});

/** Puts the route of the settings onto the API. */
export function settingsRoutes(api: OpenAPIHono<AdminApp>): void {
  api.openapi(read, async (c) => c.json(settingsJson(await readSettings(c.var.bindings, Date.now())), 200));
}
