import type { Answer, Ask, LimitRefusal } from "../permits.ts";
import { book } from "./booking.ts";
import { refusedEntry } from "./entries.ts";
import { budgetRefusal, isFull, requestRateRefusal, standingOfLimits, tokenRateRefusal } from "./limits.ts";
import type { Memory } from "./memory.ts";
import { noteBudgets } from "./notices.ts";
import { amountOfEstimate, isRunning, type Reservation, saveReservation } from "./reservations.ts";
import type { LimitRules } from "./rules.ts";

// Each function of this file runs inside one transaction: what it changes in memory it writes to storage as well.

function grant(memory: Memory, ask: Ask, now: number): void {
  const { at, provider, route, endpoint, model, estimate } = ask;
  const asked = { at, provider, route, endpoint, model, estimate };
  const moments = { grantedAt: now, heldAt: now };
  const state = { part: 0, lapsedAs: null, over: null };
  const reservation: Reservation = { permit: ask.permit, ...moments, ...amountOfEstimate(ask), ...state, asked };
  saveReservation(memory.sql, reservation);
  memory.reservations.set(ask.permit, reservation);
  memory.requests.add(now, 1);
  memory.tokens.hold(now, reservation.tokens, ask.permit);
}

/**
 * Refuses a request, and writes that into the log. Nothing of any limit is used up by it.
 *
 * @param now ms since 1970
 */
export function refuse(
  memory: Memory,
  ask: Ask,
  refusal: LimitRefusal,
  { token, limits }: LimitRules,
  now: number,
): Answer {
  book(memory, refusedEntry(ask, refusal, now), { grantedAt: null, heldAt: now }, now, null);
  noteBudgets(memory, token, limits, refusal, now);
  return { answer: "refused", refusal, standing: standingOfLimits(limits, memory, now) };
}

/**
 * Decides on a request: all of its limits are looked at before any of them is touched.
 *
 * @param mustWait whether others came before and still wait
 * @param now ms since 1970
 * @returns null: it has to wait
 * @throws where its permit is over already
 */
export function decide(memory: Memory, ask: Ask, rules: LimitRules, mustWait: boolean, now: number): Answer | null {
  const { limits } = rules;
  const known = memory.reservations.get(ask.permit);
  if (known === undefined && !memory.told.has(ask.permit)) {
    const amount = amountOfEstimate(ask);
    // The most final one first: whoever may come back in a minute must not find the budget used up then.
    const refusal =
      budgetRefusal(limits, memory, amount, now) ??
      requestRateRefusal(limits, memory, now) ??
      tokenRateRefusal(limits, memory, amount.tokens, now);
    if (refusal !== null) return refuse(memory, ask, refusal, rules, now);
    if (mustWait || isFull(limits, memory)) return null;
    grant(memory, ask, now);
  } else if (known === undefined || !isRunning(known)) {
    // An ask that was on its way for so long that its caller has given it up: nobody would settle it.
    throw new Error("This permit is over.");
  }
  return { answer: "granted", standing: standingOfLimits(limits, memory, now) };
}
