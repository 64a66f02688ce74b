import type { Budget, Limits } from "../../shared/policy.ts";
import type { BudgetStanding, LimitStanding, RateStanding } from "../../shared/usage.ts";
import type { LimitRefusal } from "../permits.ts";
import { type Amount, type Books, emptyBooks, heldNow, type Hold, usedIn } from "./books.ts";
import { MinuteWindow } from "./minute.ts";
import { microsOf, nanosOfUsd } from "../usage/money.ts";
import { periodEnd } from "../calendar.ts";

/** What limits are held against. */
export interface Use {
  books: Books;
  /** What is held for requests on their way. */
  holds(): Iterable<Hold>;
  /** Requests of the last minute, one each. */
  requests: MinuteWindow;
  /** Tokens of the last minute: held ones, then those that were used. */
  tokens: MinuteWindow;
  /** Requests on their way. */
  running: number;
  /** Requests in the queue. */
  waiting: number;
}

/** Use of a token that was never used. */
export const nothingUsed = (): Use => ({
  books: emptyBooks(),
  holds: () => [],
  requests: new MinuteWindow(),
  tokens: new MinuteWindow(),
  running: 0,
  waiting: 0,
});

/** How long to wait where waiting doesn't help, in seconds. */
const A_MINUTE = 60;

/** What is used and held of a budget, in the unit of the books: nano-dollars or tokens. */
interface Counts {
  limit: number;
  used: number;
  held: number;
}

type Held = ReturnType<typeof heldNow>;

function countsOf({ usd, tokens, per }: Budget, { books }: Use, held: Held, now: number): Counts {
  const unit = usd === undefined ? "tokens" : "nanos";
  const limit = usd === undefined ? tokens : nanosOfUsd(usd);
  return { limit, used: usedIn(books, per, now)[unit], held: held[per][unit] };
}

function budgetStanding({ usd, per, warnAt }: Budget, { limit, used, held }: Counts, now: number): BudgetStanding {
  const isMoney = usd !== undefined;
  const told = (amount: number): number => (isMoney ? microsOf(amount) : amount);
  return {
    unit: isMoney ? "usd" : "tokens",
    per,
    limit: told(limit),
    used: told(used),
    reserved: told(held),
    left: told(Math.max(0, limit - used - held)),
    resetsAt: periodEnd(per, now),
    warnAt,
  };
}

/** How each of the budgets stands, in their order. */
export function budgetStandings({ budgets }: Pick<Limits, "budgets">, use: Use, now: number): BudgetStanding[] {
  if (budgets.length === 0) return [];
  const held = heldNow(use.holds(), now);
  return budgets.map((budget) => budgetStanding(budget, countsOf(budget, use, held, now), now));
}

/**
 * Whether all budgets have room for an amount beside what is used and held.
 *
 * @param now ms since 1970
 * @returns the refusal of the first one that hasn't; null: they have
 */
export function budgetRefusal({ budgets }: Limits, use: Use, amount: Amount, now: number): LimitRefusal | null {
  // What uses nothing of a budget can't overspend it: models may be listed when all is used up.
  const asked = budgets.filter(({ usd }) => (usd === undefined ? amount.tokens : amount.nanos) > 0);
  if (asked.length === 0) return null;
  const held = heldNow(use.holds(), now);
  for (const budget of asked) {
    const needed = budget.usd === undefined ? amount.tokens : amount.nanos;
    const counts = countsOf(budget, use, held, now);
    if (counts.used + counts.held + needed <= counts.limit) continue;
    const { unit, per, limit, left, resetsAt } = budgetStanding(budget, counts, now);
    return {
      code: "budget_used_up",
      unit,
      per,
      limit,
      left,
      needed: unit === "usd" ? microsOf(needed) : needed,
      resetsAt,
    };
  }
  return null;
}

const secondsTo = (at: number, now: number): number => Math.max(1, Math.ceil((at - now) / 1_000));

/**
 * Whether the last minute has room for more tokens.
 *
 * @param now ms since 1970
 */
export function tokenRateRefusal(limits: Limits, use: Use, needed: number, now: number): LimitRefusal | null {
  const { tokensPerMinute: limit } = limits;
  if (limit === null || needed === 0 || use.tokens.sum(now) + needed <= limit) return null;
  const refusal = { code: "rate_limited", unit: "tokens", perMinute: limit } as const;
  const at = use.tokens.roomAt(limit - needed, now);
  return at === null ? { ...refusal, retryAfter: A_MINUTE, needed } : { ...refusal, retryAfter: secondsTo(at, now) };
}

/**
 * Whether the last minute has room for one more request.
 *
 * @param now ms since 1970
 */
export function requestRateRefusal(limits: Limits, use: Use, now: number): LimitRefusal | null {
  const { requestsPerMinute: limit } = limits;
  if (limit === null || use.requests.sum(now) + 1 <= limit) return null;
  const at = use.requests.roomAt(limit - 1, now);
  const retryAfter = at === null ? A_MINUTE : secondsTo(at, now);
  return { code: "rate_limited", unit: "requests", perMinute: limit, retryAfter };
}

/** How much more all limits together allow, the tightest of each kind; `Infinity` where nothing limits it. */
export interface Room extends Amount {
  requests: number;
}

/**
 * What is neither used nor held.
 *
 * @param now ms since 1970
 */
export function roomOf(limits: Limits, use: Use, now: number): Room {
  const { requestsPerMinute, tokensPerMinute, budgets } = limits;
  const held = heldNow(use.holds(), now);
  const left = (unit: "tokens" | "nanos"): number[] =>
    budgets
      .filter(({ usd }) => (unit === "nanos") === (usd !== undefined))
      .map((budget) => countsOf(budget, use, held, now))
      .map((counts) => counts.limit - counts.used - counts.held);
  return {
    requests: (requestsPerMinute ?? Infinity) - use.requests.sum(now),
    tokens: Math.min((tokensPerMinute ?? Infinity) - use.tokens.sum(now), ...left("tokens")),
    nanos: Math.min(Infinity, ...left("nanos")),
  };
}

/** Whether a request would have to wait for others to end. */
export const isFull = ({ concurrency }: Limits, { running }: Use): boolean =>
  concurrency !== null && running >= concurrency;

function rateStanding(limit: number | null, window: MinuteWindow, now: number): RateStanding | null {
  if (limit === null) return null;
  return { limit, left: Math.max(0, limit - window.sum(now)), resetsAt: window.emptyAt(now) };
}

/**
 * How the limits stand.
 *
 * @param now ms since 1970
 */
export function standingOfLimits(limits: Limits, use: Use, now: number): LimitStanding {
  const { requestsPerMinute, tokensPerMinute, concurrency } = limits;
  const { running, waiting } = use;
  return {
    requestsPerMinute: rateStanding(requestsPerMinute, use.requests, now),
    tokensPerMinute: rateStanding(tokensPerMinute, use.tokens, now),
    concurrency: concurrency === null ? null : { limit: concurrency, running, waiting },
    budgets: budgetStandings(limits, use, now),
  };
}
