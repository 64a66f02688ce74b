import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { requireFreshApi } from "../fresh.tsx";
import type { AdminApp } from "../context.ts";
import { resendEvent, reviveWebhook, rotateSecret, webhookDeliveries } from "../webhooks/deliveries.ts";
import { deliveriesJson, deliveriesShape, resendInput } from "../webhooks/delivery-schemas.ts";
import { answer, body, PROBLEMS, READ_PROBLEMS, WRITE_PROBLEMS } from "./route.ts";

const params = z.object({ id: z.string() });
const WRITE = { ...WRITE_PROBLEMS, ...PROBLEMS.missing };

const deliveries = createRoute({
  method: "get",
  path: "/api/webhooks/{id}/deliveries",
  summary: "Read how the last tries of a webhook went, and what waits for it",
  request: { params },
  responses: { 200: answer("Its deliveries.", deliveriesShape), ...READ_PROBLEMS, ...PROBLEMS.missing },
});

const resend = createRoute({
  method: "post",
  path: "/api/webhooks/{id}/resend",
  summary: "Send an event to a webhook again",
  description: "At once and under the same webhook-id, whatever came of it before. Events are known for 60 days.",
  request: { params, body: body(resendInput) },
  responses: {
    200: answer("It is queued.", z.object({ queued: z.string() })),
    ...WRITE,
    ...PROBLEMS.input,
    ...PROBLEMS.conflict,
  },
});

const revive = createRoute({
  method: "post",
  path: "/api/webhooks/{id}/revive",
  summary: "Let a webhook that is gone (410) or rests get events again",
  request: { params },
  responses: { 200: answer("What waits is tried now.", z.object({ revived: z.string() })), ...WRITE },
});

const rotate = createRoute({
  method: "post",
  path: "/api/webhooks/{id}/rotate",
  middleware: requireFreshApi,
  summary: "Give a webhook a new signing secret",
  description: "For 24 hours events are signed with the one before too.",
  request: { params },
  responses: { 200: answer("The secret, shown this once.", z.object({ secret: z.string() })), ...WRITE },
});

/** Puts the routes of one webhook's deliveries onto the API. */
export function deliveryRoutes(api: OpenAPIHono<AdminApp>): void {
  api.openapi(deliveries, async (c) => {
    return c.json(deliveriesJson(await webhookDeliveries(c.var.bindings, c.req.valid("param").id)), 200);
  });

  api.openapi(resend, async (c) => {
    const { event } = c.req.valid("json");
    await resendEvent(c.var.bindings, c.req.valid("param").id, event, c.var.actor);
    return c.json({ queued: event }, 200);
  });

  api.openapi(revive, async (c) => {
    const { id } = c.req.valid("param");
    await reviveWebhook(c.var.bindings, id, c.var.actor);
    return c.json({ revived: id }, 200);
  });

  api.openapi(rotate, async (c) => {
    return c.json({ secret: await rotateSecret(c.var.bindings, c.req.valid("param").id, c.var.actor) }, 200);
  });
}
