import type { SessionView } from "../registry/reports.ts";
import type { Asserted } from "./access.ts";

/** How long a proof of who the owner is counts for what reveals, deletes, or changes many things at once, in ms. */
export const FRESH_MS = 15 * 60_000;

/**
 * Whether the owner has proved who they are lately: by signing in, by confirming, or to Cloudflare Access.
 *
 * @param identity by Access; null: it isn't used
 * @param now ms since 1970
 */
export function isFresh(session: SessionView, identity: Asserted | null, now: number): boolean {
  // Of a session that the password opened, a program's perhaps, Access proves nothing: a service token is nobody's presence.
  const byAccess = session.openedBy === "access" ? (identity?.issuedAt ?? 0) : 0;
  // Access's clock may be ahead: a time to come proves no more than now.
  const provenAt = Math.min(now, Math.max(session.provenAt, byAccess));
  return now - provenAt < FRESH_MS;
}
