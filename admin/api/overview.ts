import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { AdminApp } from "../context.ts";
import { readNumbers, readSeries, readStanding } from "../overview/reading.ts";
import { seriesInput } from "../overview/schemas.ts";
import { overviewJson, overviewShape, seriesJson, seriesShape } from "../overview/shapes.ts";
import { noAnswer } from "../usage/asking.ts";
import { answer, PROBLEMS, READ_PROBLEMS } from "./route.ts";

const overview = createRoute({
  method: "get",
  path: "/api/overview",
  summary: "What was used lately, and what needs attention",
  responses: { 200: answer("The numbers, and what was found.", overviewShape), ...READ_PROBLEMS },
});

const series = createRoute({
  method: "get",
  path: "/api/usage/series",
  summary: "Read the usage over time",
  description: "Of all tokens, told apart by provider, model or token.",
  request: { query: seriesInput },
  responses: {
    200: answer("A value for each step, of each key.", seriesShape),
    ...READ_PROBLEMS,
    ...PROBLEMS.input,
  },
});

/** Puts the routes of the overview and of usage over time onto the API. */
export function overviewRoutes(api: OpenAPIHono<AdminApp>): void {
  api.openapi(overview, async (c) => {
    const { bindings } = c.var;
    const now = Date.now();
    const [numbers, standing] = await Promise.all([readNumbers(bindings, now), readStanding(bindings, now)]);
    return c.json(overviewJson(numbers, standing), 200);
  });

  api.openapi(series, async (c) => {
    const { span, by, top } = c.req.valid("query");
    const told = await readSeries(c.var.bindings, span, by, Date.now(), { top });
    if (told === null) throw noAnswer();
    return c.json(seriesJson(span, by, told), 200);
  });
}
