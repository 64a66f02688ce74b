import type { NewWebhook, Webhook, WebhookInput, WebhookTrial } from "../../shared/webhooks.ts";
import { refused } from "../api/problem.ts";
import type { AdminBindings } from "../bindings.ts";
import type { AuditChanges, GatewayAction } from "../registry/reports.ts";
import type { Actor } from "../registry/types.ts";
import { doneBy, readOf } from "../usage/asking.ts";

// What the owner does to webhooks. The gateway keeps them; the registry writes down what was done. Each function throws a
// ProblemError: 503 where the gateway doesn't answer, 404 where there is no such webhook.

/** The gateway itself waits 10 s for the answer to a test. */
const TRIAL_MS = 13_000;

/** The gateway keeps no more. */
const MAX_WEBHOOKS = 20;

const TOO_MANY = `There are ${MAX_WEBHOOKS} webhooks already. Remove one first.`;

/** Who is asked. */
export type Asking = Pick<AdminBindings, "gateway" | "registry">;

/** What is thrown where there is no webhook of an id. */
export const noSuchWebhook = () =>
  refused({ kind: "missing", field: null, message: "There is no webhook of that id." });

// Paths of webhooks are often secrets themselves: the log, which is kept for ever, gets the host alone.
const hostOf = (url: string): string => new URL(url).origin;

/** All webhooks, oldest first. */
export const listWebhooks = ({ gateway }: Pick<Asking, "gateway">): Promise<Webhook[]> =>
  readOf(gateway.webhooks(), "The gateway keeps the webhooks");

/**
 * Finds a webhook.
 *
 * @returns it; never null
 */
export async function findWebhook(asking: Pick<Asking, "gateway">, id: string): Promise<Webhook> {
  const found = (await listWebhooks(asking)).find((one) => one.id === id);
  if (found === undefined) throw noSuchWebhook();
  return found;
}

/** Adds a webhook. Its signing secret is in this answer and in no other. */
export async function addWebhook(
  { gateway, registry }: Asking,
  input: WebhookInput,
  actor: Actor,
): Promise<NewWebhook> {
  if ((await doneBy(gateway.webhooks())).length >= MAX_WEBHOOKS) {
    throw refused({ kind: "full", field: null, message: TOO_MANY });
  }
  const made = await doneBy(gateway.addWebhook(input));
  const { id, url, events } = made.webhook;
  const changes = {
    id: { before: null, after: id },
    address: { before: null, after: hostOf(url) },
    events: { before: null, after: [...events] },
  };
  await registry.noteAtGateway("webhook.add", changes, actor);
  return made;
}

/** Removes a webhook, with what it still had to be told. */
export async function removeWebhook(asking: Asking, id: string, actor: Actor): Promise<void> {
  const { url } = await findWebhook(asking, id);
  if (!(await doneBy(asking.gateway.removeWebhook(id)))) throw noSuchWebhook();
  const changes = { id: { before: id, after: null }, address: { before: hostOf(url), after: null } };
  await asking.registry.noteAtGateway("webhook.remove", changes, actor);
}

/**
 * Writes down what was done to a webhook.
 *
 * @param webhook as it was found before
 * @param more what else is to be known of it
 */
export async function noteDone(
  { registry }: Pick<Asking, "registry">,
  action: GatewayAction,
  { id, url }: Webhook,
  more: AuditChanges,
  actor: Actor,
): Promise<void> {
  const changes = { id: { before: null, after: id }, address: { before: null, after: hostOf(url) }, ...more };
  await registry.noteAtGateway(action, changes, actor);
}

/** Sends an event of type `test`, and says how it went. */
export async function tryWebhook(asking: Asking, id: string, actor: Actor): Promise<WebhookTrial> {
  const webhook = await findWebhook(asking, id);
  const trial = await doneBy(asking.gateway.tryWebhook(id), TRIAL_MS);
  if (trial === null) throw noSuchWebhook();
  await noteDone(
    asking,
    "webhook.test",
    webhook,
    { answer: { before: null, after: trial.status ?? trial.problem } },
    actor,
  );
  return trial;
}

/** Whether a test was taken: any 2xx, as for all other events. */
export const isDelivered = ({ status }: WebhookTrial): boolean => status !== null && status >= 200 && status < 300;
