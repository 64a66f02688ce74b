import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { AdminApp } from "../context.ts";
import { requireFreshApi } from "../fresh.tsx";
import { bulkInput } from "./bulk-schemas.ts";
import { bulkJson, bulkShape } from "./bulk-shapes.ts";
import { type ProblemError, refused, valueOf } from "./problem.ts";
import { answer, body, PROBLEMS, READ_PROBLEMS, WRITE_PROBLEMS } from "./route.ts";

const ONE = z.object({ bulk: bulkShape });
const byId = { params: z.object({ bulk: z.string() }) };

const start = createRoute({
  method: "post",
  path: "/api/tokens/bulk",
  summary: "Do something to many tokens",
  middleware: requireFreshApi,
  description:
    "Each token has its own version and its own line in the audit log. A few hundred are done before the answer, the others behind it: ask how far it is.",
  request: { body: body(bulkInput) },
  responses: {
    202: answer("How far it is.", ONE),
    ...WRITE_PROBLEMS,
    ...PROBLEMS.input,
    ...PROBLEMS.conflict,
  },
});

const list = createRoute({
  method: "get",
  path: "/api/tokens/bulk",
  summary: "List the actions on many tokens",
  responses: {
    200: answer("Those on their way and the last 50, newest first.", z.object({ bulks: z.array(bulkShape) })),
    ...READ_PROBLEMS,
  },
});

const read = createRoute({
  method: "get",
  path: "/api/tokens/bulk/{bulk}",
  summary: "How far an action on many tokens is",
  request: byId,
  responses: { 200: answer("How far it is.", ONE), ...READ_PROBLEMS, ...PROBLEMS.missing },
});

const stop = createRoute({
  method: "post",
  path: "/api/tokens/bulk/{bulk}/stop",
  summary: "Stop an action on many tokens",
  description: "What it has done stays done.",
  request: byId,
  responses: { 200: answer("How far it came.", ONE), ...WRITE_PROBLEMS, ...PROBLEMS.missing },
});

/** The problem of an action on many tokens that isn't there. */
export const noSuchBulk = (): ProblemError =>
  refused({ kind: "missing", field: null, message: "There is no such action on many tokens, or it is too long ago." });

/** Puts the routes of actions on many tokens onto the API: before those of one token, whose id is no `bulk`. */
export function bulkRoutes(api: OpenAPIHono<AdminApp>): void {
  api.openapi(start, async (c) => {
    const report = valueOf(await c.var.bindings.registry.startBulk(c.req.valid("json"), c.var.actor));
    return c.json({ bulk: bulkJson(report) }, 202, { location: `/api/tokens/bulk/${report.id}` });
  });

  api.openapi(list, async (c) => c.json({ bulks: (await c.var.bindings.registry.listBulks()).map(bulkJson) }, 200));

  api.openapi(read, async (c) => {
    const report = await c.var.bindings.registry.findBulk(c.req.valid("param").bulk);
    if (report === null) throw noSuchBulk();
    return c.json({ bulk: bulkJson(report) }, 200);
  });

  api.openapi(stop, async (c) => {
    const report = valueOf(await c.var.bindings.registry.stopBulk(c.req.valid("param").bulk, c.var.actor));
    return c.json({ bulk: bulkJson(report) }, 200);
  });
}
