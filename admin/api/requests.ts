import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { AdminApp } from "../context.ts";
import { readOf } from "../usage/asking.ts";
import { limitsJson, limitsShape, requestJson, requestShape } from "../usage/request-shapes.ts";
import { requestQuery } from "../usage/schemas.ts";
import { encodeRequestCursor } from "./cursor.ts";
import { answer, PROBLEMS, READ_PROBLEMS } from "./route.ts";
import { knownToken } from "./usage.ts";

const params = z.object({ id: z.string() });

const requests = createRoute({
  method: "get",
  path: "/api/tokens/{id}/requests",
  summary: "Read a token's last requests",
  description: "The last 1,000 are kept.",
  request: { params, query: requestQuery },
  responses: {
    200: answer(
      "A page of them, newest first; `next` is null at the end.",
      z.object({ requests: z.array(requestShape), next: z.string().nullable() }),
    ),
    ...READ_PROBLEMS,
    ...PROBLEMS.input,
    ...PROBLEMS.missing,
  },
});

const limits = createRoute({
  method: "get",
  path: "/api/tokens/{id}/limits",
  summary: "Read how a token's limits stand, and when it was used",
  request: { params },
  responses: {
    200: answer("How they stand now.", limitsShape),
    ...READ_PROBLEMS,
    ...PROBLEMS.missing,
  },
});

/** Puts the routes of what a token did and may still do onto the API. */
export function requestRoutes(api: OpenAPIHono<AdminApp>): void {
  api.openapi(requests, async (c) => {
    const { id } = c.req.valid("param");
    const { cursor = null, limit } = c.req.valid("query");
    await knownToken(c, id);
    const page = await readOf(c.var.bindings.gateway.requests({ tokenId: id, before: cursor, limit }));
    const next = page.next === null ? null : encodeRequestCursor(page.next);
    return c.json({ requests: page.entries.map(requestJson), next }, 200);
  });

  api.openapi(limits, async (c) => {
    const { id } = c.req.valid("param");
    await knownToken(c, id);
    return c.json(limitsJson(await readOf(c.var.bindings.gateway.activity(id))), 200);
  });
}
