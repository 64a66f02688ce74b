import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { gatewayFor } from "../handover/gateway-address.ts";
import type { AdminApp } from "../context.ts";
import { requireFreshApi } from "../fresh.tsx";
import { claimInput } from "./claim-schemas.ts";
import { valueOf } from "./problem.ts";
import { answer, body, PROBLEMS, WRITE_PROBLEMS } from "./route.ts";
import { preparedJson, preparedShape, tokenJson, tokenShape } from "./shapes.ts";

const byId = { params: z.object({ id: z.string() }) };
const PROBLEMS_OF_BOTH = { ...WRITE_PROBLEMS, ...PROBLEMS.missing, ...PROBLEMS.conflict };

const prepare = createRoute({
  method: "post",
  path: "/api/tokens/{id}/claim",
  summary: "Make a one-time claim link of a token",
  middleware: requireFreshApi,
  description:
    "Whoever opens the link first gets the token's next secret, made in their own browser. The link before this one dies.",
  request: { ...byId, body: { ...body(claimInput), required: false } },
  responses: {
    200: answer("The token and its link, shown this once.", preparedShape),
    ...PROBLEMS_OF_BOTH,
    ...PROBLEMS.input,
  },
});

const withdraw = createRoute({
  method: "delete",
  path: "/api/tokens/{id}/claim",
  summary: "Take a token's claim link back",
  request: byId,
  responses: { 200: answer("The token as it is now.", z.object({ token: tokenShape })), ...PROBLEMS_OF_BOTH },
});

/** Puts the routes of claim links onto the API. */
export function claimRoutes(api: OpenAPIHono<AdminApp>): void {
  api.openapi(prepare, async (c) => {
    const { id } = c.req.valid("param");
    // A request without a body passes unchecked, as {}: this gives it the defaults.
    const input = claimInput.parse(c.req.valid("json"));
    const issued = valueOf(await c.var.bindings.registry.prepareClaim(id, input, c.var.actor));
    return c.json(preparedJson(issued, gatewayFor(c)), 200);
  });

  api.openapi(withdraw, async (c) => {
    const outcome = await c.var.bindings.registry.withdrawClaim(c.req.valid("param").id, c.var.actor);
    return c.json({ token: tokenJson(valueOf(outcome)) }, 200);
  });
}
