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

/** How a try went: the HTTP status, or why there was none. */
export interface WebhookTrial {
  status: number | null;
  problem: string | null;
}
