import type { Budget, BudgetPeriod, Policy } from "../../shared/policy.ts";
import type { TokenUse } from "../../shared/usage.ts";

const MICROS = 1_000_000;

/** How one budget of a token stands, by what the ledger last told. Money is in USD micro-dollars. */
export interface BudgetNow {
  unit: "usd" | "tokens";
  per: BudgetPeriod;
  limit: number;
  used: number;
  /** When it begins anew, ms since 1970; null: never, or nothing of it is used. */
  resetsAt: number | null;
}

/** The part of a budget that is used up: 1 and more is all of it. */
export const shareOf = ({ limit, used }: Pick<BudgetNow, "limit" | "used">): number => (limit === 0 ? 1 : used / limit);

function budgetNow({ usd, tokens, per }: Budget, use: TokenUse | null, now: number): BudgetNow {
  const unit = usd === undefined ? "tokens" : "usd";
  const limit = usd === undefined ? tokens : usd * MICROS;
  const told = use?.budgets.find((one) => one.unit === unit && one.per === per);
  const isOver = told === undefined || (told.resetsAt !== null && told.resetsAt <= now);
  return isOver
    ? { unit, per, limit, used: 0, resetsAt: null }
    : { unit, per, limit, used: told.used, resetsAt: told.resetsAt };
}

/**
 * How a token's budgets stand.
 *
 * @param use null: nothing is known of its use
 * @param now ms since 1970
 * @returns the fullest first
 */
export function budgetsNow({ limits }: Pick<Policy, "limits">, use: TokenUse | null, now: number): BudgetNow[] {
  const budgets = (limits?.budgets ?? []).map((budget) => budgetNow(budget, use, now));
  return budgets.toSorted((one, other) => shareOf(other) - shareOf(one));
}
