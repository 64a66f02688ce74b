import type { Limits } from "../../shared/policy.ts";
import type { Asked, Lease, Leased, LeaseReturn, LeaseWish } from "../permits.ts";
import { microsOf } from "../usage/money.ts";
import { book, takeBack } from "./booking.ts";
import { lostEntry } from "./entries.ts";
import { type Room, roomOf, standingOfLimits } from "./limits.ts";
import type { Memory } from "./memory.ts";
import { REMEMBERED_MS } from "./pages.ts";
import { periodEnd } from "../calendar.ts";
import {
  amountOfEstimate,
  dropReservation,
  isLease,
  newReservation,
  type Reservation,
  saveReservation,
} from "./reservations.ts";

// Each function of this file runs inside one transaction: what it changes in memory it writes to storage as well.

/** How long a lease may be granted from, in ms: no longer than what an isolate knows of its token is good for. */
export const LEASE_MS = 1_000;
/** The share of what is left that one lease may hold: near a limit each request is judged by itself. */
const SHARE = 16;
/** A lease for fewer requests costs more than it saves. */
const LEAST_REQUESTS = 4;

/** How much of a wish may be had, 0 to 1. */
function shareOfWish(wish: Room, limits: Limits, memory: Memory, now: number): number {
  const room = roomOf(limits, memory, now);
  const parts = (["requests", "tokens", "nanos"] as const).map((what) =>
    wish[what] === 0 ? 1 : Math.max(0, room[what]) / SHARE / wish[what],
  );
  return Math.min(1, ...parts);
}

/**
 * Gives a lease, where the limits leave room for many requests. A limit of concurrency leaves none: its places are given one by
 * one.
 *
 * @param now ms since 1970
 * @returns null: none
 */
export function grantLease(memory: Memory, wish: LeaseWish, limits: Limits, now: number): Lease | null {
  const { lease, version, asked } = wish;
  // Asked twice, or given back before it was given.
  if (limits.concurrency !== null || memory.reservations.has(lease) || memory.told.has(lease)) return null;
  const wished = { requests: wish.requests, ...amountOfEstimate(asked) };
  const share = shareOfWish(wished, limits, memory, now);
  const requests = Math.floor(wished.requests * share);
  const amount = { tokens: Math.floor(wished.tokens * share), nanos: Math.floor(wished.nanos * share) };
  if (!(requests >= LEAST_REQUESTS)) return null;
  const standing = standingOfLimits(limits, memory, now);
  const estimate = { tokens: amount.tokens, micros: asked.estimate.micros === null ? null : microsOf(amount.nanos) };
  const reservation = newReservation(lease, now, amount, { ...asked, at: now, estimate, leased: requests });
  saveReservation(memory.sql, reservation);
  memory.reservations.set(lease, reservation);
  memory.requests.hold(now, requests, lease);
  memory.tokens.hold(now, amount.tokens, lease);
  // All of it is paid for by the periods that are on now, so nothing may be granted from it in the next ones.
  const forMs = Math.min(LEASE_MS, (periodEnd("hour", now) ?? Infinity) - now);
  return { lease, version, requests, ...amount, forMs, standing };
}

/** The lease of a name; null: it was given back, or never given. */
export function leaseOf({ reservations }: Memory, name: string): Reservation | null {
  const lease = reservations.get(name);
  return lease !== undefined && isLease(lease) ? lease : null;
}

/**
 * Tells whether a lease is so old that what was granted from it may have been counted without anyone remembering: what is
 * told of it now is told again, or counts as lost already.
 *
 * @param heldAt when it was given, ms since 1970
 */
export const isLongOver = (heldAt: number, now: number): boolean => now - heldAt >= REMEMBERED_MS;

/** A permit that was granted from a lease. */
interface Drawn extends Pick<Leased, "afterMs"> {
  permit: string;
  asked: Asked;
}

/**
 * Makes a permit that was granted from a lease a reservation of its own, by what it took of the lease. It isn't among the
 * memory's reservations yet.
 */
export function drawn(memory: Memory, lease: Reservation, { permit, afterMs, asked }: Drawn, now: number): Reservation {
  const amount = amountOfEstimate(asked);
  const { heldAt, lapsedAs } = lease;
  if (lapsedAs !== null) takeBack(memory, lease);
  lease.tokens = Math.max(0, lease.tokens - amount.tokens);
  lease.nanos = Math.max(0, lease.nanos - amount.nanos);
  const leased = Math.max(0, (lease.asked.leased ?? 0) - 1);
  const { micros } = lease.asked.estimate;
  const estimate = { tokens: lease.tokens, micros: micros === null ? null : microsOf(lease.nanos) };
  lease.asked = { ...lease.asked, estimate, leased };
  if (lapsedAs !== null) book(memory, lostEntry(lease), { grantedAt: null, heldAt }, now, lapsedAs);
  memory.drawn.add(lease);
  memory.requests.adjust(leased, lease.permit);
  memory.tokens.adjust(lease.tokens, lease.permit);
  // The lease was given after it was asked for, so this is no earlier than the permit was.
  const at = heldAt + Math.min(LEASE_MS, Math.max(0, afterMs));
  memory.requests.add(at, 1);
  memory.tokens.hold(at, amount.tokens, permit);
  return newReservation(permit, at, amount, asked);
}

/** Saves the leases of which something was taken. */
export function saveDrawn(memory: Memory): void {
  for (const lease of memory.drawn) {
    if (memory.reservations.has(lease.permit)) saveReservation(memory.sql, lease);
  }
  memory.drawn.clear();
}

/**
 * Takes a lease back: what was granted from it and goes on is held by itself, the rest is free again.
 *
 * @param now ms since 1970
 */
export function takeLeaseBack(memory: Memory, { lease: name, running }: LeaseReturn, now: number): void {
  const lease = leaseOf(memory, name);
  if (lease === null) {
    // Its wish may be on the way still. Whoever gives it back will not use it.
    if (!memory.told.has(name)) memory.note(name, now);
    return;
  }
  if (isLongOver(lease.heldAt, now)) return;
  for (const { permit, afterMs, ...asked } of running) {
    if (memory.reservations.has(permit) || memory.told.has(permit)) continue;
    const reservation = drawn(memory, lease, { permit, afterMs, asked }, now);
    memory.reservations.set(permit, reservation);
    saveReservation(memory.sql, reservation);
  }
  const { heldAt, lapsedAs } = lease;
  if (lapsedAs !== null) {
    takeBack(memory, lease);
    const none = { ...lease, tokens: 0, asked: { ...lease.asked, estimate: { tokens: 0, micros: null } } };
    book(memory, lostEntry(none), { grantedAt: null, heldAt }, now, lapsedAs);
  }
  memory.reservations.delete(name);
  memory.drawn.delete(lease);
  memory.requests.settle(heldAt, 0, name);
  memory.tokens.settle(heldAt, 0, name);
  memory.note(name, now);
  dropReservation(memory.sql, name);
}
