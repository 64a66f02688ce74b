import type { Limits } from "../../shared/policy.ts";
import type { Answer, Ask, LimitRefusal } from "../permits.ts";
import { book } from "./booking.ts";
import { refusedEntry } from "./entries.ts";
import { budgetRefusal, isFull, requestRateRefusal, standingOfLimits, tokenRateRefusal } from "./limits.ts";
import type { Memory } from "./memory.ts";
import { noteBudgets } from "./notices.ts";
import { amountOfEstimate, isRunning, newReservation, saveReservation } from "./reservations.ts";
import type { LimitRules } from "./rules.ts";

// Each function of this file runs inside one transaction: what it changes in memory it writes to storage as well.

function grant(memory: Memory, ask: Ask, now: number): void {
  const { at, provider, route, endpoint, model, estimate } = ask;
  const asked = { at, provider, route, endpoint, model, estimate };
  const reservation = newReservation(ask.permit, now, amountOfEstimate(ask), asked);
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
  // Whoever gave it up while it waited in the queue has told of it already.
  if (!memory.told.has(ask.permit)) {
    book(memory, refusedEntry(ask, refusal, now), { grantedAt: null, heldAt: now }, now, null);
  }
  noteBudgets(memory, token, limits, refusal, now);
  return { answer: "refused", refusal, standing: standingOfLimits(limits, memory, now) };
}

/** What speaks against granting a request now. The most final one first: who comes back must not find the budget used up then. */
function judge(memory: Memory, ask: Ask, limits: Limits, now: number): LimitRefusal | null {
  const amount = amountOfEstimate(ask);
  return (
    budgetRefusal(limits, memory, amount, now) ??
    requestRateRefusal(limits, memory, now) ??
    tokenRateRefusal(limits, memory, amount.tokens, now)
  );
}

/**
 * Answers an ask whose permit is over: the answer got lost in a restart, or its caller has given it up.
 *
 * @throws where it isn't refused now: nobody would settle what was granted
 */
function repeat(memory: Memory, ask: Ask, limits: Limits, now: number): Answer {
  const { concurrency } = limits;
  const full = concurrency !== null && isFull(limits, memory);
  const refusal: LimitRefusal | null =
    judge(memory, ask, limits, now) ??
    (full ? { code: "concurrency_limited", limit: concurrency, waitedSeconds: 0 } : null);
  if (refusal === null) throw new Error("This permit is over.");
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
  if (known === undefined ? memory.told.has(ask.permit) : !isRunning(known)) return repeat(memory, ask, limits, now);
  if (known === undefined) {
    const refusal = judge(memory, ask, limits, now);
    if (refusal !== null) return refuse(memory, ask, refusal, rules, now);
    if (mustWait || isFull(limits, memory)) return null;
    grant(memory, ask, now);
  }
  return { answer: "granted", standing: standingOfLimits(limits, memory, now) };
}
