import type { WebhookTrial } from "../../shared/webhooks.ts";
import { signed } from "./signing.ts";

/** How long a webhook may take to answer, in ms. */
const DEADLINE_MS = 10_000;

/**
 * Sends one message. What comes back is not read: nothing of it could be told to anyone, and it may be of any length.
 *
 * @param id of the event
 * @param now ms since 1970
 * @returns the status, or in a word why there was none; it never throws
 */
export async function send(
  { url, secrets }: { url: string; secrets: readonly string[] },
  id: string,
  body: string,
  now: number,
): Promise<WebhookTrial> {
  try {
    const headers = {
      ...(await signed(secrets, id, body, now)),
      "content-type": "application/json",
      "user-agent": "Doppelgate",
    };
    const signal = AbortSignal.timeout(DEADLINE_MS);
    // A redirect could lead the message anywhere, over plain http too.
    const answer = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
    answer.body?.cancel().catch(() => undefined);
    return { status: answer.status, problem: null };
  } catch (error) {
    const isLate = error instanceof Error && (error.name === "TimeoutError" || error.name === "AbortError");
    return { status: null, problem: isLate ? "it took longer than 10 s" : "it could not be reached" };
  }
}

/** Whether a status says that the message arrived. */
export const isTaken = (status: number | null): boolean => status !== null && status >= 200 && status < 300;
