import type { TryOutcome, WebhookEvent, WebhookTrial } from "../../shared/webhooks.ts";
import { isDelivered } from "../webhooks/actions.ts";

// How the console calls what is about webhooks.

/** Names of the events. */
export const EVENT_WORDS: Record<WebhookEvent, string> = {
  "budget.warning": "A budget is near its end",
  "budget.used_up": "A budget is used up",
  "provider_key.rejected": "A provider rejects your key",
  "token.claimed": "A token is claimed by its link",
  "token.first_used": "A token is used for the first time",
  "token.rotated_by_holder": "A holder rotates their token",
  "token.revoked_by_holder": "A holder revokes their token",
};

/** What became of an event. */
export const OUTCOMES: Record<TryOutcome, { name: string; look: "active" | "pending" | "expired" }> = {
  delivered: { name: "Delivered", look: "active" },
  failed: { name: "Failed, tried again", look: "pending" },
  given_up: { name: "Given up", look: "expired" },
};

/** What is said of a test. The address of a page names a row; its own text is never shown. */
export const TRIAL_WORDS = {
  delivered: "The test was delivered.",
  refused: "The test was sent, but the answer was no success. The list says its status.",
  unanswered: "The test was sent, but nobody answered. See whether the address is right and can be reached.",
} as const;

/** Names how a test went. */
export type TrialWord = keyof typeof TRIAL_WORDS;

/** Names how a test went. */
export function trialWord(trial: WebhookTrial): TrialWord {
  if (isDelivered(trial)) return "delivered";
  return trial.status === null ? "unanswered" : "refused";
}

/** Whether a text names how a test went. */
export const isTrialWord = (text: string): text is TrialWord => Object.hasOwn(TRIAL_WORDS, text);
