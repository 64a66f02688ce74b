import type { Provider } from "./providers.ts";
import type { BudgetStanding } from "./usage.ts";

/** What a webhook can be told of. */
export const WEBHOOK_EVENTS = [
  "budget.warning",
  "budget.used_up",
  "provider_key.rejected",
  "token.claimed",
  "token.first_used",
  "token.rotated_by_holder",
  "token.revoked_by_holder",
] as const;
/** Something that a webhook can be told of. */
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** Which token an event is about. */
export interface EventToken {
  id: string;
  label: string;
}

/** Something that happened. `id` names it: the same event told twice is delivered once. */
export type Notice = { id: string; /** ms since 1970. */ at: number } & (
  | { type: "budget.warning" | "budget.used_up"; token: EventToken; budget: BudgetStanding }
  | { type: "token.first_used" | "token.rotated_by_holder" | "token.revoked_by_holder"; token: EventToken }
  /** Somebody used its claim link; from where, as far as that is known (ISO 3166-1 alpha-2). */
  | { type: "token.claimed"; token: EventToken; country: string | null }
  | { type: "provider_key.rejected"; provider: Provider; status: number }
);

/** What the owner says of a webhook. */
export interface WebhookInput {
  /** https; http only to this machine. */
  url: string;
  /** At least one. */
  events: WebhookEvent[];
}

/** A webhook as the owner sees it: never its signing secret. */
export interface Webhook extends WebhookInput {
  id: string;
  /** ms since 1970. */
  createdAt: number;
  /**
   * The last try: when (ms since 1970), and the HTTP status, or null where there was no answer; null: none yet. Status 410:
   * it is gone, and nothing more is sent there but tests, until one of them is answered otherwise.
   */
  lastTry: { at: number; status: number | null } | null;
  /** Events that wait to be delivered, at most 1,000. */
  waiting: number;
  /** Events that it never got: every try failed, too many waited, or it was gone. */
  givenUp: number;
}

/** A webhook that was just added, with its signing secret (`whsec_` and base64, standardwebhooks.com). */
export interface NewWebhook {
  webhook: Webhook;
  secret: string;
}

/** What became of an event at a webhook, or of a try to deliver it. */
export type TryOutcome =
  | "delivered"
  /** It is tried again, unless it is a test. */
  | "failed"
  /** It isn't: every try failed, too many waited, or the webhook was gone. */
  | "given_up";

/** One try to deliver an event; or that an event was given up without another try. */
export interface WebhookTry {
  /** To send it again with, as long as the event is known (60 days); null: it was a test. */
  eventId: string | null;
  type: WebhookEvent | "test";
  /** ms since 1970. */
  at: number;
  outcome: TryOutcome;
  /** HTTP status; null: there was no answer, or no try. */
  status: number | null;
  /** Why there was no answer; null: there was one, or no try. */
  problem: string | null;
}

/** An event that waits to be delivered. Times are ms since 1970. */
export interface WaitingEvent {
  eventId: string;
  type: WebhookEvent;
  /** When it happened. */
  since: number;
  /** Failed tries. */
  tries: number;
  nextTryAt: number;
}

/** A webhook with what was and is to be delivered to it. */
export interface WebhookDeliveries {
  webhook: Webhook;
  /** Until when the signing secret before this one signs too, ms since 1970; null: there is none, or that is over. */
  oldSecretUntil: number | null;
  /** The next 50. */
  waiting: WaitingEvent[];
  /** The last 50, newest first. */
  tries: WebhookTry[];
}

/** What came of a wish to send an event again. */
export type Resent =
  | "queued"
  /** There is no such webhook, or the event isn't known any more. */
  | "missing"
  /** The webhook said that it is gone: it has to be revived first. */
  | "gone";

/** How a try went: the HTTP status, or why there was none. */
export interface WebhookTrial {
  status: number | null;
  problem: string | null;
}
