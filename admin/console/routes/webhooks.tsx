import type { Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { type WebhookEvent, WEBHOOK_EVENTS } from "../../../shared/webhooks.ts";
import { type FieldError, ProblemError, toFieldErrors } from "../../api/problem.ts";
import type { AdminApp } from "../../context.ts";
import { requireFresh } from "../../fresh.tsx";
import { ask, orNull } from "../../usage/asking.ts";
import { addWebhook, findWebhook, removeWebhook, tryWebhook } from "../../webhooks/actions.ts";
import { resendEvent, reviveWebhook, rotateSecret, webhookDeliveries } from "../../webhooks/deliveries.ts";
import { webhookInput } from "../../webhooks/schemas.ts";
import { readForm } from "../forms.ts";
import { noticeText, withNotice } from "../notices.ts";
import { keepSecret, takeSecret } from "../once.ts";
import { goOn, page } from "../page.tsx";
import { WebhookPage } from "../pages/webhook.tsx";
import { WebhookSecretPage } from "../pages/webhook-secret.tsx";
import { WebhooksPage, type WebhookValues } from "../pages/webhooks.tsx";
import { isTrialWord, trialWord } from "../webhook-words.ts";

const PATH = "/webhooks";
const NEW: WebhookValues = { url: "", events: ["budget.warning", "budget.used_up", "provider_key.rejected"] };

const isEvent = (text: string): text is WebhookEvent => WEBHOOK_EVENTS.some((event) => event === text);

// Token ids have no colon: no cookie of a token's secret is ever taken for a webhook's.
const onceName = (id: string): string => `webhook:${id}`;

async function show(c: Context<AdminApp>): Promise<Response> {
  const { done, test = "" } = c.req.query();
  const webhooks = orNull(await ask(c.var.bindings.gateway.webhooks()));
  const trial = isTrialWord(test) ? test : null;
  return page(c, <WebhooksPage webhooks={webhooks} values={NEW} errors={[]} notice={noticeText(done)} trial={trial} />);
}

async function add(c: Context<AdminApp>): Promise<Response> {
  const { bindings, actor } = c.var;
  const form = await readForm(c);
  const values = { url: form.get("url") ?? "", events: form.getAll("events").filter(isEvent) };
  const again = async (errors: readonly FieldError[], status: ContentfulStatusCode): Promise<Response> => {
    const webhooks = orNull(await ask(bindings.gateway.webhooks()));
    return page(
      c,
      <WebhooksPage webhooks={webhooks} values={values} errors={errors} notice={null} trial={null} />,
      status,
    );
  };
  const parsed = webhookInput.safeParse(values);
  if (!parsed.success) return again(toFieldErrors(parsed.error.issues), 422);
  try {
    const { secret, webhook } = await addWebhook(bindings, parsed.data, actor);
    await keepSecret(c, onceName(webhook.id), secret, Date.now());
    return goOn(c, `${PATH}/${webhook.id}/secret`);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return again([{ field: "form", message: error.problem.detail }], error.problem.status);
  }
}

/** Who is told of what happens. */
export function webhookPages(app: Hono<AdminApp>): void {
  app.get(PATH, show);
  app.post(PATH, requireFresh, add);

  app.get(`${PATH}/:id`, async (c) => {
    const { done, test = "" } = c.req.query();
    const found = await webhookDeliveries(c.var.bindings, c.req.param("id"));
    const trial = isTrialWord(test) ? test : null;
    return page(c, <WebhookPage found={found} notice={noticeText(done)} trial={trial} />);
  });

  app.get(`${PATH}/:id/secret`, async (c) => {
    const id = c.req.param("id");
    const secret = await takeSecret(c, onceName(id), Date.now());
    // A secret that was just made is shown without asking the gateway: it can't be had again.
    if (secret === null) await findWebhook(c.var.bindings, id);
    return page(c, <WebhookSecretPage secret={secret} />, secret === null ? 410 : 200);
  });

  app.post(`${PATH}/:id/test`, async (c) => {
    const id = c.req.param("id");
    const trial = await tryWebhook(c.var.bindings, id, c.var.actor);
    return goOn(c, `${PATH}/${id}?test=${trialWord(trial)}`);
  });

  app.post(`${PATH}/:id/resend`, async (c) => {
    const id = c.req.param("id");
    await resendEvent(c.var.bindings, id, (await readForm(c)).get("event") ?? "", c.var.actor);
    return goOn(c, withNotice(`${PATH}/${id}`, "event-queued"));
  });

  app.post(`${PATH}/:id/revive`, async (c) => {
    const id = c.req.param("id");
    await reviveWebhook(c.var.bindings, id, c.var.actor);
    return goOn(c, withNotice(`${PATH}/${id}`, "webhook-revived"));
  });

  app.post(`${PATH}/:id/rotate`, requireFresh, async (c) => {
    const id = c.req.param("id");
    await keepSecret(c, onceName(id), await rotateSecret(c.var.bindings, id, c.var.actor), Date.now());
    return goOn(c, `${PATH}/${id}/secret`);
  });

  app.post(`${PATH}/:id/remove`, requireFresh, async (c) => {
    await removeWebhook(c.var.bindings, c.req.param("id"), c.var.actor);
    return goOn(c, withNotice(PATH, "webhook-removed"));
  });
}
