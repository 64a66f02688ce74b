import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { AdminApp } from "../context.ts";
import { tokenOf } from "../finding.ts";
import { gatewayFor } from "../handover/gateway-address.ts";
import { testToken } from "../handover/handover.ts";
import { invalidInput } from "./problem.ts";
import { input, provider, text } from "./fields.ts";
import { answer, body, PROBLEMS, WRITE_PROBLEMS } from "./route.ts";

const MAX_MODEL = 200;

const trialInput = input({
  secret: text().openapi({
    description: "The token itself. It goes through the gateway, and is stored nowhere.",
    format: "password",
  }),
  provider: provider,
  model: text()
    .max(MAX_MODEL, `A model's name has at most ${MAX_MODEL} characters.`)
    .nullable()
    .default(null)
    .openapi({ description: "Null: a cheap one that the token may use." }),
}).openapi("TokenTest");

const trialShape = z
  .object({
    provider,
    model: z.string(),
    status: z.number().int().nullable().openapi({ description: "HTTP status; null: the gateway didn't answer." }),
    ms: z.number().int().openapi({ description: "Until the whole answer was there." }),
    text: z.string().nullable().openapi({ description: "What the model said." }),
    error: z
      .object({ by: z.enum(["gateway", "provider"]), code: z.string().nullable(), message: z.string() })
      .nullable()
      .openapi({ description: "Null: it went well." }),
  })
  .openapi("TokenTestResult");

const test = createRoute({
  method: "post",
  path: "/api/tokens/{id}/test",
  summary: "Test a token with one small, real request through the gateway",
  request: { params: z.object({ id: z.string() }), body: body(trialInput) },
  responses: {
    200: answer("What came back, be it good or bad.", z.object({ result: trialShape })),
    ...WRITE_PROBLEMS,
    ...PROBLEMS.input,
    ...PROBLEMS.missing,
  },
});

/** Puts the test of a token onto the API. */
export function trialRoutes(api: OpenAPIHono<AdminApp>): void {
  api.openapi(test, async (c) => {
    const { bindings, actor } = c.var;
    const token = await tokenOf(bindings.registry, c.req.valid("param").id);
    const outcome = await testToken(bindings, token, c.req.valid("json"), gatewayFor(c), actor);
    if (!outcome.ok) throw invalidInput(outcome.errors);
    return c.json({ result: outcome.trial }, 200);
  });
}
