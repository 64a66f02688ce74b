import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { AdminApp } from "../context.ts";
import { requireFreshApi } from "../fresh.tsx";
import { addWebhook, isDelivered, listWebhooks, removeWebhook, tryWebhook } from "../webhooks/actions.ts";
import { newWebhookShape, trialShape, webhookInput, webhookJson, webhookShape } from "../webhooks/schemas.ts";
import { answer, body, PROBLEMS, READ_PROBLEMS, WRITE_PROBLEMS } from "./route.ts";
import { deliveryRoutes } from "./webhook-deliveries.ts";

const params = z.object({ id: z.string() });

const list = createRoute({
  method: "get",
  path: "/api/webhooks",
  summary: "List webhooks",
  responses: {
    200: answer("All webhooks, oldest first.", z.object({ webhooks: z.array(webhookShape) })),
    ...READ_PROBLEMS,
  },
});

const add = createRoute({
  method: "post",
  path: "/api/webhooks",
  summary: "Add a webhook",
  middleware: requireFreshApi,
  request: { body: body(webhookInput) },
  responses: {
    201: answer("The webhook and its signing secret, shown this once.", newWebhookShape),
    ...WRITE_PROBLEMS,
    ...PROBLEMS.input,
    ...PROBLEMS.conflict,
  },
});

const remove = createRoute({
  method: "delete",
  path: "/api/webhooks/{id}",
  summary: "Remove a webhook",
  middleware: requireFreshApi,
  request: { params },
  responses: {
    200: answer("It is removed, with what it still had to be told.", z.object({ removed: z.string() })),
    ...WRITE_PROBLEMS,
    ...PROBLEMS.missing,
  },
});

const test = createRoute({
  method: "post",
  path: "/api/webhooks/{id}/test",
  summary: "Send a test to a webhook",
  request: { params },
  responses: {
    200: answer("How it went.", trialShape),
    ...WRITE_PROBLEMS,
    ...PROBLEMS.missing,
  },
});

/** Puts the routes of webhooks onto the API. */
export function webhookRoutes(api: OpenAPIHono<AdminApp>): void {
  deliveryRoutes(api);
  api.openapi(list, async (c) => c.json({ webhooks: (await listWebhooks(c.var.bindings)).map(webhookJson) }, 200));

  api.openapi(add, async (c) => {
    const { bindings, actor } = c.var;
    const { secret, webhook } = await addWebhook(bindings, c.req.valid("json"), actor);
    return c.json({ secret, webhook: webhookJson(webhook) }, 201);
  });

  api.openapi(remove, async (c) => {
    const { id } = c.req.valid("param");
    await removeWebhook(c.var.bindings, id, c.var.actor);
    return c.json({ removed: id }, 200);
  });

  api.openapi(test, async (c) => {
    const trial = await tryWebhook(c.var.bindings, c.req.valid("param").id, c.var.actor);
    return c.json({ delivered: isDelivered(trial), status: trial.status, problem: trial.problem }, 200);
  });
}
