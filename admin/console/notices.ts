/** What a page may say about the action before it. The address names a row; its own text is never shown. */
const NOTICES = {
  "signed-out": "You are signed out.",
  "session-over": "Your session has ended. Sign in again to go on.",
  saved: "The changes are saved.",
  enabled: "The token is enabled: requests with it are let through again.",
  disabled: "The token is disabled: requests with it are refused until you enable it again.",
  "link-withdrawn": "The claim link is taken back: it gives nobody a token any more.",
  "streams-ended":
    "Its open streams and sockets end now; the youngest within three seconds. New requests are let through as before.",
  deleted: "The token is deleted. It will never work again.",
  "session-ended": "The session has ended.",
  "others-ended": "All other sessions have ended.",
  "passkey-added": "The passkey is added. You can sign in with it from now on.",
  "passkey-renamed": "The passkey has its new name.",
  "passkey-removed": "The passkey is removed. It opens nothing any more.",
  "all-ended": "All sessions have ended, this one too.",
  "policy-saved": "The policy is saved, and with it every token that follows it.",
  "policy-deleted": "The policy is deleted. Tokens that followed it keep its rules as their own.",
  "default-set": "New tokens follow this policy, unless you choose otherwise.",
  "default-gone": "New tokens follow no policy, unless you choose one.",
  "prices-saved": "The prices are saved.",
  "prices-pending": "The prices are saved, but KV hasn't taken them yet. Doppelgate goes on trying by itself.",
  "webhook-removed": "The webhook is removed. What it still had to be told is dropped.",
  "event-queued": "The event is sent again.",
  "webhook-revived": "The webhook gets events again, and what waited is tried now.",
  "keys-checked": "The keys are checked.",
  rebuilding: "The rebuild has begun. It finishes by itself; load this page again to see how far it is.",
} as const;

/** The name of a notice. */
export type Notice = keyof typeof NOTICES;

/** An address that shows a notice. `more`: further parameters. */
export const withNotice = (path: string, notice: Notice, more: Record<string, string> = {}): string =>
  `${path}?${new URLSearchParams({ done: notice, ...more }).toString()}`;

/**
 * The text of the notice that an address asks for.
 *
 * @param name the address's `done`
 * @returns null where there is no such notice
 */
export function noticeText(name: string | undefined): string | null {
  return name !== undefined && Object.hasOwn(NOTICES, name) ? NOTICES[name as Notice] : null;
}
