import { z } from "@hono/zod-openapi";
import { type Webhook, WEBHOOK_EVENTS } from "../../shared/webhooks.ts";
import { expecting, input, oneOf, text } from "../api/fields.ts";
import { time, toTime } from "../api/times.ts";

// Webhooks, as the API and the console take them and tell them.

const MAX_URL = 2_000;
const LOOPBACK: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** What is wrong with an address; null: nothing. */
function urlProblem(value: string): string | null {
  if (!URL.canParse(value)) return "Write a whole address, like https://example.com/hooks/doppelgate.";
  const { protocol, hostname, username, password, hash } = new URL(value);
  const isLocal = protocol === "http:" && LOOPBACK.has(hostname);
  if (protocol !== "https:" && !isLocal)
    return "The address has to begin with https://. Only this machine may do without.";
  // fetch refuses such addresses, and this one is shown in lists.
  if (username !== "" || password !== "") return "The address can't hold a user name or a password.";
  return hash === "" ? null : "The address can't have a part after #: it would never be sent.";
}

const url = text()
  .trim()
  .max(MAX_URL, `An address has at most ${MAX_URL} characters.`)
  .superRefine((value, context) => {
    const problem = urlProblem(value);
    if (problem !== null) context.addIssue({ code: "custom", message: problem });
  })
  .openapi({ description: "Where events are posted: https; http only to this machine.", format: "uri" });

const events = z
  .array(z.enum(WEBHOOK_EVENTS, oneOf(WEBHOOK_EVENTS)), expecting("a list of events"))
  .min(1, "Choose at least one event.")
  .refine((list) => new Set(list).size === list.length, "Name each event once.")
  // One order, so that equal webhooks look the same.
  .transform((list) => WEBHOOK_EVENTS.filter((one) => list.includes(one)))
  .openapi({ description: "What to tell.", example: ["budget.warning", "budget.used_up"] });

/** Body of a new webhook. Its output is the gateway's `WebhookInput`. */
export const webhookInput = input({ url, events }).openapi("WebhookInput");

/** A webhook. */
export const webhookShape = z
  .object({
    id: z.string(),
    url: z.string(),
    events: z.array(z.enum(WEBHOOK_EVENTS)),
    createdAt: time,
    lastTry: z.object({ at: time, status: z.int().nullable() }).nullable().openapi({
      description:
        "The last try and its HTTP status, null where there was no answer; null: none yet. After 410 nothing but tests is sent.",
    }),
    waiting: z.int().openapi({ description: "Events that wait to be delivered." }),
    givenUp: z.int().openapi({ description: "Events that it never got: every try failed, or it was gone." }),
  })
  .openapi("Webhook");

/** A new webhook with its signing secret. */
export const newWebhookShape = z
  .object({
    secret: z.string().openapi({ description: "`whsec_` and base64, by standardwebhooks.com. Shown this once." }),
    webhook: webhookShape,
  })
  .openapi("NewWebhook");

/** How a test went. */
export const trialShape = z
  .object({
    delivered: z.boolean().openapi({ description: "Whether the answer was a 2xx." }),
    status: z.int().nullable().openapi({ description: "HTTP status; null where there was no answer." }),
    problem: z.string().nullable().openapi({ description: "Why there was none." }),
  })
  .openapi("WebhookTrial");

/** A webhook as JSON. */
export function webhookJson({ createdAt, lastTry, ...webhook }: Webhook): z.output<typeof webhookShape> {
  const { id, url, events, waiting, givenUp } = webhook;
  const tried = lastTry === null ? null : { at: toTime(lastTry.at), status: lastTry.status };
  return { id, url, events, createdAt: toTime(createdAt), lastTry: tried, waiting, givenUp };
}
