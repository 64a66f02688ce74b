import type { WebhookDeliveries } from "../../shared/webhooks.ts";
import { type Problem, ProblemError, refused } from "../api/problem.ts";
import type { Actor } from "../registry/types.ts";
import { doneBy, readOf } from "../usage/asking.ts";
import { type Asking, findWebhook, noSuchWebhook, noteDone } from "./actions.ts";

// What the owner sees, and does, of one webhook's deliveries. Each function throws a ProblemError as those of `actions.ts` do.

const GONE: Problem = {
  status: 409,
  code: "gone",
  title: "The webhook is gone",
  detail: "It answered 410, so nothing but tests is sent there. Revive it first, then send the event again.",
};
const NO_EVENT = "There is no such event any more. Events are known for 60 days.";

/** A webhook with its last tries, and what waits for it. */
export async function webhookDeliveries({ gateway }: Pick<Asking, "gateway">, id: string): Promise<WebhookDeliveries> {
  const found = await readOf(gateway.webhookDeliveries(id), "The gateway keeps the webhooks");
  if (found === null) throw noSuchWebhook();
  return found;
}

/** Sends an event again. Refused, beside all else, with 409 where the webhook is gone. */
export async function resendEvent(asking: Asking, id: string, eventId: string, actor: Actor): Promise<void> {
  const webhook = await findWebhook(asking, id);
  const came = await doneBy(asking.gateway.resendEvent(id, eventId));
  if (came === "gone") throw new ProblemError(GONE);
  if (came === "missing") throw refused({ kind: "missing", field: null, message: NO_EVENT });
  await noteDone(asking, "webhook.resend", webhook, { event: { before: null, after: eventId } }, actor);
}

/** Lets a webhook that is gone, or rests, get events again, and what waits for it at once. */
export async function reviveWebhook(asking: Asking, id: string, actor: Actor): Promise<void> {
  const webhook = await findWebhook(asking, id);
  if (!(await doneBy(asking.gateway.reviveWebhook(id)))) throw noSuchWebhook();
  await noteDone(asking, "webhook.revive", webhook, {}, actor);
}

/** Gives a webhook a new signing secret, which is in this answer and in no other. */
export async function rotateSecret(asking: Asking, id: string, actor: Actor): Promise<string> {
  const webhook = await findWebhook(asking, id);
  const secret = await doneBy(asking.gateway.rotateWebhookSecret(id));
  if (secret === null) throw noSuchWebhook();
  await noteDone(asking, "webhook.secret", webhook, {}, actor);
  return secret;
}
