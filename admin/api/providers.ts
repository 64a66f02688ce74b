import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { PROVIDERS, type Provider } from "../../shared/providers.ts";
import type { AdminApp } from "../context.ts";
import { checkProvider } from "../providers/checking.ts";
import { checkJson, checkShape, providerJson, providerShape } from "../providers/shapes.ts";
import { readOf } from "../usage/asking.ts";
import { provider } from "./fields.ts";
import { answer, PROBLEMS, READ_PROBLEMS, WRITE_PROBLEMS } from "./route.ts";

const read = createRoute({
  method: "get",
  path: "/api/providers",
  summary: "How the provider keys stand",
  responses: {
    200: answer("Each provider.", z.object({ providers: z.record(z.enum(PROVIDERS), providerShape) })),
    ...READ_PROBLEMS,
  },
});

const check = createRoute({
  method: "post",
  path: "/api/providers/{provider}/check",
  summary: "Check a provider's keys",
  description: "The gateway lists the provider's models once with each key, 40 at most, which costs nothing.",
  request: { params: z.object({ provider }) },
  responses: {
    200: answer("What it showed, in the order of the secret.", z.object({ checks: z.array(checkShape) })),
    ...WRITE_PROBLEMS,
    ...PROBLEMS.input,
  },
});

/** Puts the routes of provider keys onto the API. */
export function providerRoutes(api: OpenAPIHono<AdminApp>): void {
  api.openapi(read, async (c) => {
    const facts = await readOf(c.var.bindings.gateway.facts(), "The gateway holds the provider keys");
    const rows = PROVIDERS.map((one) => [one, providerJson(one, facts.providers[one])] as const);
    // `entries` forgets the names of the keys.
    const providers = Object.fromEntries(rows) as Record<Provider, z.output<typeof providerShape>>;
    return c.json({ providers }, 200);
  });

  api.openapi(check, async (c) => {
    const checks = await checkProvider(c.var.bindings, c.req.valid("param").provider, c.var.actor);
    return c.json({ checks: checks.map(checkJson) }, 200);
  });
}
