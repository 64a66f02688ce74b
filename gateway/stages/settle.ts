import type { Later } from "../admission.ts";
import type { Bindings } from "../bindings.ts";
import { log } from "../log.ts";
import { type Outcome, partOf, settlementOf } from "../metering/entry.ts";
import { kindOfRefusal, isOfGuard } from "../metering/errors.ts";
import type { Used } from "../metering/used.ts";
import { ROUTE_ROWS, type Route } from "../providers.ts";
import { tell, type Refused } from "../refusals.ts";
import { tellGuard } from "../telling.ts";
import type { Permit } from "./admit.ts";

/** Permits that are closed. Weak, so that it forgets them with their requests. */
const closed = new WeakSet<Permit>();

/**
 * Closes a permit, on every way out. The first outcome counts: a body may end after its answer was given up. What the
 * request used is told to the guard, and one line goes into the owner's log: which token, where to, with what result.
 *
 * @param used what it used
 * @param now ms since 1970
 */
export function settle(permit: Permit, outcome: Outcome, { main, apart }: Used, now: number): void {
  if (closed.has(permit)) return;
  closed.add(permit);
  for (const [index, charge] of apart.entries()) {
    permit.tell(partOf(permit, charge, { place: index + 1, since: permit.openedAt, status: 200 }, now));
  }
  permit.tell(settlementOf(permit, outcome, main, now));
  const { tokenId, route, openedAt } = permit;
  log("info", "request", { token: tokenId, route, ...outcome, ms: now - openedAt });
}

/** A request that got no permit. */
export interface Turned {
  route: Route | null;
  /** When it came, ms since 1970. */
  at: number;
}

/**
 * Tells a token's guard of a request that was refused before it had a permit, so that its owner sees it among the last
 * requests. Only what was refused to a live token is told, and not what the guard refused: it knows.
 *
 * @param later takes the work
 * @param now ms since 1970
 */
export function settleRefused(
  { refusal, tokenId }: Refused,
  { route, at }: Turned,
  bindings: Bindings,
  later: Later,
  now: number,
): void {
  if (tokenId === null || isOfGuard(refusal.code)) return;
  const entry = {
    id: crypto.randomUUID(),
    at,
    provider: route === null ? null : ROUTE_ROWS[route].provider,
    route,
    endpoint: null,
    // The one refusal that is about it says which.
    model: "model" in refusal ? refusal.model : null,
    status: tell(refusal).status,
    refusedBy: "gateway",
    code: refusal.code,
    error: kindOfRefusal(refusal.code),
    counts: null,
    raw: {},
    micros: null,
    estimated: false,
    ttfbMs: null,
    durationMs: Math.max(0, now - at),
  } as const;
  tellGuard(bindings, tokenId, { entry, granted: false, once: null, more: false }, later);
}
