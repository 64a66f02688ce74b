import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { AdminApp } from "../context.ts";
import { readOf } from "../usage/asking.ts";
import { type DayRange, rangeFrom } from "../usage/days.ts";
import { inOrder, labelsOfReport } from "../usage/reading.ts";
import { usageQuery } from "../usage/schemas.ts";
import { usageJson, usageShape } from "../usage/shapes.ts";
import { invalidInput, noSuchToken } from "./problem.ts";
import { answer, PROBLEMS, READ_PROBLEMS } from "./route.ts";

const read = createRoute({
  method: "get",
  path: "/api/usage",
  summary: "Read the usage, put together",
  description: "By day, token, model or provider; at most 400 days.",
  request: { query: usageQuery },
  responses: {
    200: answer("A row for each group that has any usage.", usageShape),
    ...READ_PROBLEMS,
    ...PROBLEMS.input,
    ...PROBLEMS.missing,
  },
});

/**
 * The range that a query asks for.
 *
 * @throws ProblemError 400 where there is none such
 */
export function askedRange(query: { from?: string | undefined; to?: string | undefined }): DayRange {
  const asked = rangeFrom(query, Date.now());
  if (asked.ok) return asked.range;
  throw invalidInput(asked.errors);
}

/**
 * Sees that a token is one: an id that never was must not make a guard of its own.
 *
 * @returns its label
 * @throws ProblemError 404
 */
export async function knownToken(c: Context<AdminApp>, id: string): Promise<string> {
  const label = (await c.var.bindings.registry.tokenLabels([id]))[id];
  if (label === undefined) throw noSuchToken();
  return label;
}

/** Puts the route of the usage onto the API. */
export function usageRoutes(api: OpenAPIHono<AdminApp>): void {
  api.openapi(read, async (c) => {
    const { token = null, group, ...query } = c.req.valid("query");
    const range = askedRange(query);
    if (token !== null) await knownToken(c, token);
    const { gateway, registry } = c.var.bindings;
    const report = inOrder(await readOf(gateway.usage({ tokenId: token, ...range, group })), group);
    const labels = await labelsOfReport(registry, report, group);
    return c.json(usageJson({ token, ...range, group }, report, labels), 200);
  });
}
