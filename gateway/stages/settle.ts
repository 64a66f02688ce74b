import type { Usage } from "../../shared/usage.ts";
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

/** Permits that are closed. Weak, so that it forgets them with their requests. */
const closed = new WeakSet<Permit>();

/**
 * Closes a permit, on every way out. The first outcome counts: a body may end after its answer was given up. What the
 * request used is told to the guard, and one line goes into the owner's log: which token, where to, with what result.
 *
 * @param used what it used; null where it used nothing, or nobody could tell
 * @param now ms since 1970
 */
export function settle(permit: Permit, outcome: Outcome, _used: Usage | null, now: number): void {
  if (closed.has(permit)) return;
  closed.add(permit);
  const { tokenId, route, openedAt } = permit;
  log("info", "request", { token: tokenId, route, ...outcome, ms: now - openedAt });
}
