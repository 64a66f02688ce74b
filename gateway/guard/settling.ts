import type { RequestEntry } from "../../shared/usage.ts";
import type { Limits } from "../../shared/policy.ts";
import { type Leased, type LimitRefusal, partOfId, type Settlement } from "../permits.ts";
import { book, takeBack } from "./booking.ts";
import { amountOfEntry, cleaned, lostEntry, unused } from "./entries.ts";
import { drawn, isLongOver, leaseOf, saveDrawn } from "./leasing.ts";
import { budgetRefusal, tokenRateRefusal } from "./limits.ts";
import type { Memory } from "./memory.ts";
import { noteBudgets, noteFirstUse } from "./notices.ts";
import { dropReservation, isHeld, isLease, type Reservation, saveReservation } from "./reservations.ts";
import type { Route } from "../providers.ts";
import type { Rules } from "./rules.ts";

// Each function of this file runs inside one transaction: what it changes in memory it writes to storage as well.

/** A name that was counted before counts as nothing. */
function countedOnce({ sql }: Memory, { entry, once }: Settlement, now: number): RequestEntry {
  if (once === null) return cleaned(entry);
  if (sql.exec("SELECT 1 FROM once WHERE name = ?", once).toArray().length > 0) return unused(cleaned(entry));
  sql.exec("INSERT INTO once VALUES (?, ?)", once, now);
  return cleaned(entry);
}

function settleGranted(memory: Memory, reservation: Reservation, settlement: Settlement, now: number): void {
  const { permit, grantedAt, heldAt, lapsedAs } = reservation;
  const { place } = partOfId(settlement.entry.id);
  if (place > 0 && place <= reservation.part) return;
  if (lapsedAs !== null) takeBack(memory, reservation);
  const entry = countedOnce(memory, settlement, now);
  const { tokens } = amountOfEntry(entry);
  book(memory, entry, { grantedAt: settlement.more ? null : grantedAt, heldAt }, now, lapsedAs);
  memory.tokens.settle(heldAt, tokens, permit);
  reservation.part = Math.max(place, reservation.part);
  reservation.lapsedAs = null;
  if (settlement.more) {
    memory.renewals.add(reservation);
    return;
  }
  memory.renewals.delete(reservation);
  // One that was granted from a lease and is over already never had a row.
  if (memory.reservations.delete(permit)) dropReservation(memory.sql, permit);
}

function settleUngranted(memory: Memory, settlement: Settlement, now: number): void {
  const entry = countedOnce(memory, settlement, now);
  // Another machine's clock: what lies ahead would open periods that haven't begun.
  const heldAt = Math.min(entry.at, now);
  const isOwn = entry.refusedBy !== "gateway" && partOfId(entry.id).place === 0;
  book(memory, entry, { grantedAt: isOwn ? heldAt : null, heldAt }, now, null);
  if (isOwn) memory.requests.add(heldAt, 1);
  memory.tokens.add(heldAt, amountOfEntry(entry).tokens);
}

/** Settles a permit that was granted from a lease, and of which the guard hears for the first time. */
function settleLeased(memory: Memory, leased: Leased, settlement: Settlement, now: number): void {
  const lease = leaseOf(memory, leased.lease);
  const { entry } = settlement;
  const { at, provider, route, endpoint, model } = entry;
  if (isLongOver(lease?.heldAt ?? at, now)) return;
  // It holds nothing for it any more, and what was used counts all the same.
  if (lease === null || provider === null || route === null) return settleUngranted(memory, settlement, now);
  // The cast: permits are of the gateway's own routes.
  const asked = { at, provider, route: route as Route, endpoint, model, estimate: leased.estimate };
  const { permit } = partOfId(entry.id);
  const reservation = drawn(memory, lease, { permit, afterMs: leased.afterMs, asked }, now);
  settleGranted(memory, reservation, settlement, now);
}

function settleOne(memory: Memory, settlement: Settlement, now: number): void {
  const { entry, granted, leased } = settlement;
  const known = memory.reservations.get(partOfId(entry.id).permit);
  if (known !== undefined) return settleGranted(memory, known, settlement, now);
  if (memory.told.has(entry.id)) return;
  if (leased !== undefined) return settleLeased(memory, leased, settlement, now);
  // Its reservation went when it was counted, however long ago that was.
  if (granted) return;
  settleUngranted(memory, settlement, now);
}

/** A request that may not go on. */
export interface Ending {
  permit: string;
  refusal: LimitRefusal;
}

/**
 * Holds the budgets for what follows of permits that were settled in part. Where they have no room, the permit is over:
 * its request must end, and holds nothing until it has.
 */
function renewHolds(memory: Memory, limits: Limits | null, now: number): Ending[] {
  const endings: Ending[] = [];
  for (const reservation of memory.renewals) {
    const { permit, nanos, tokens } = reservation;
    // What was held was settled just now; only what others hold counts beside it.
    memory.reservations.delete(permit);
    const refusal =
      limits === null
        ? null
        : (budgetRefusal(limits, memory, { nanos, tokens }, now) ?? tokenRateRefusal(limits, memory, tokens, now));
    reservation.heldAt = now;
    reservation.over = refusal;
    if (refusal === null) memory.tokens.hold(now, tokens, permit);
    else endings.push({ permit, refusal });
    memory.reservations.set(permit, reservation);
    saveReservation(memory.sql, reservation);
  }
  memory.renewals.clear();
  return endings;
}

/**
 * Takes what requests used, each settlement once.
 *
 * @param rules their limits are null where there are none
 * @param now ms since 1970
 * @returns requests that may not go on
 */
export function settleAll(memory: Memory, settlements: readonly Settlement[], rules: Rules, now: number): Ending[] {
  const { token, limits } = rules;
  const wasUsed = memory.tally.firstUsedAt !== null;
  for (const settlement of settlements) settleOne(memory, settlement, now);
  const endings = renewHolds(memory, limits, now);
  saveDrawn(memory);
  if (!wasUsed && memory.tally.firstUsedAt !== null) noteFirstUse(memory, token, now);
  if (limits === null) return endings;
  noteBudgets(memory, token, limits, null, now);
  for (const { refusal } of endings) noteBudgets(memory, token, limits, refusal, now);
  return endings;
}

/**
 * Gives up a reservation whose request was lost: what it held counts as used. What arrives later takes the place of that.
 *
 * @param now ms since 1970
 */
export function lapse(memory: Memory, reservation: Reservation, now: number): void {
  const { grantedAt, heldAt, permit } = reservation;
  const entry = lostEntry(reservation);
  const seq = book(memory, entry, { grantedAt: isLease(reservation) ? null : grantedAt, heldAt }, now, null);
  memory.tokens.settle(heldAt, isHeld(reservation) ? reservation.tokens : 0, permit);
  reservation.lapsedAs = seq;
  saveReservation(memory.sql, reservation);
}
