import { BUDGET_PERIODS, type BudgetPeriod } from "../../shared/policy.ts";
import { periodStart } from "../calendar.ts";

/** An amount of both kinds that budgets count. */
export interface Amount {
  /** Whole nano-dollars. */
  nanos: number;
  /** Input and output together. */
  tokens: number;
}

/** What was used in one period. */
export interface Book extends Amount {
  /** When the period began, ms since 1970. */
  start: number;
}

/** What was used in the newest period of each kind, whatever the limits are: an edit counts for what was used before it. */
export type Books = Record<BudgetPeriod, Book>;

/** Something held for a request that is on its way. */
export interface Hold extends Amount {
  /** When it was granted, ms since 1970: the periods of that moment pay for it, also where it ends in later ones. */
  heldAt: number;
}

/** Books of a token that was never used. A new object each time, to write into. */
export const emptyBooks = (): Books =>
  Object.fromEntries(BUDGET_PERIODS.map((per) => [per, { start: 0, nanos: 0, tokens: 0 }])) as Books;

/**
 * Writes an amount into the books of the periods that a moment is in. Periods that are over are closed: a book begins anew
 * with the first amount of a newer one.
 *
 * @param at ms since 1970
 * @param amount below 0 where an estimate is taken back
 */
export function addToBooks(books: Books, at: number, { nanos, tokens }: Amount): void {
  for (const per of BUDGET_PERIODS) {
    const book = books[per];
    const start = periodStart(per, at);
    if (start > book.start) books[per] = { start, nanos, tokens };
    else if (start === book.start) books[per] = { start, nanos: book.nanos + nanos, tokens: book.tokens + tokens };
  }
}

/**
 * What was used in the period that is on.
 *
 * @param now ms since 1970
 */
export function usedIn(books: Books, per: BudgetPeriod, now: number): Amount {
  const book = books[per];
  // Never before the book's own period: a clock that goes back must not hide what was used.
  return periodStart(per, now) > book.start ? { nanos: 0, tokens: 0 } : book;
}

/**
 * What is held in the periods that are on.
 *
 * @param now ms since 1970
 */
export function heldNow(holds: Iterable<Hold>, now: number): Record<BudgetPeriod, Amount> {
  const sums = BUDGET_PERIODS.map((per) => ({ per, start: periodStart(per, now), nanos: 0, tokens: 0 }));
  for (const { heldAt, nanos, tokens } of holds) {
    for (const sum of sums) {
      if (heldAt < sum.start) continue;
      sum.nanos += nanos;
      sum.tokens += tokens;
    }
  }
  return Object.fromEntries(sums.map(({ per, nanos, tokens }) => [per, { nanos, tokens }])) as Record<
    BudgetPeriod,
    Amount
  >;
}
