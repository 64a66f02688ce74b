import { log } from "../log.ts";
import type { Permit } from "./admit.ts";

/** How a request that had a permit ended. */
export type Outcome =
  | { ended: "answered"; status: number }
  /** The answer was followed to its end. */
  | { ended: "finished" | "cut" | "failed" | "client_gone"; status: number }
  /** A socket that was open: who ended it, and the code of the first close frame (1006: a connection was lost). */
  | { ended: "socket_closed"; by: "holder" | "provider" | "gateway"; code: number }
  | { ended: "refused"; code: string }
  | { ended: "client_gone" }
  | { ended: "failed" };

/**
 * Closes a permit. Called exactly once for each, on every way out. What the request used will be told to the guard here;
 * now it leaves one line in the owner's log: which token, where to, with what result.
 *
 * @param now ms since 1970
 */
export function settle(permit: Permit, outcome: Outcome, now: number): void {
  const { tokenId, route, openedAt } = permit;
  log("info", "request", { token: tokenId, route, ...outcome, ms: now - openedAt });
}
