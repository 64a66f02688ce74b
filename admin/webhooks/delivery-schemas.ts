import { z } from "@hono/zod-openapi";
import { WEBHOOK_EVENTS, type WebhookDeliveries } from "../../shared/webhooks.ts";
import { input, text } from "../api/fields.ts";
import { time, toTime, toTimeOrNull } from "../api/times.ts";
import { webhookJson, webhookShape } from "./schemas.ts";

// One webhook's deliveries, as the API tells them.

/** Body of a wish to send an event again. */
export const resendInput = input({
  event: text().min(1, "Name an event.").openapi({ description: "The `eventId` of a delivery." }),
}).openapi("Resend");

const eventId = z.string().openapi({ description: "To send it again with." });

/** A webhook's last tries, and what waits for it. */
export const deliveriesShape = z
  .object({
    webhook: webhookShape,
    oldSecretUntil: time
      .nullable()
      .openapi({ description: "Until when the signing secret before this one signs too." }),
    waiting: z
      .array(
        z.object({
          eventId,
          type: z.enum(WEBHOOK_EVENTS),
          since: time,
          tries: z.int().openapi({ description: "Failed ones." }),
          nextTryAt: time,
        }),
      )
      .openapi({ description: "The next 50." }),
    tries: z
      .array(
        z.object({
          eventId: eventId.nullable(),
          type: z.enum([...WEBHOOK_EVENTS, "test"]),
          at: time,
          outcome: z
            .enum(["delivered", "failed", "given_up"])
            .openapi({ description: "`failed`: it is tried again, unless it is a test; `given_up`: it isn't." }),
          status: z.int().nullable(),
          problem: z.string().nullable().openapi({ description: "Why there was no answer." }),
        }),
      )
      .openapi({ description: "The last 50, newest first." }),
  })
  .openapi("WebhookDeliveries");

/** A webhook's last tries, and what waits for it, as JSON. */
export function deliveriesJson({
  webhook,
  oldSecretUntil,
  waiting,
  tries,
}: WebhookDeliveries): z.output<typeof deliveriesShape> {
  return {
    webhook: webhookJson(webhook),
    oldSecretUntil: toTimeOrNull(oldSecretUntil),
    waiting: waiting.map(({ since, nextTryAt, ...event }) => ({
      ...event,
      since: toTime(since),
      nextTryAt: toTime(nextTryAt),
    })),
    tries: tries.map(({ at, ...one }) => ({ ...one, at: toTime(at) })),
  };
}
