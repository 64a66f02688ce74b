import { PERIOD_WORDS } from "../shared/policy.ts";
import type { Refusal } from "./refusals.ts";

// How a holder is told of a limit.

/** A request that alone may use more tokens than a minute has. */
export const neverFits = (perMinute: number, needed: number): string =>
  `This request may use up to ${needed} tokens, and your token's own limit is ${perMinute} tokens per minute. Ask for less: a shorter prompt, or a bound on the output.`;

/** A budget that has too little left; amounts are in USD micro-dollars or tokens. */
export function budgetUsedUp(refusal: Extract<Refusal, { code: "budget_used_up" }>): string {
  const { unit, per, limit, left, needed, resetsAt } = refusal;
  const amount = (value: number): string =>
    unit === "usd" ? `$${(value / 1_000_000).toFixed(value < 10_000 ? 6 : 2)}` : `${Math.floor(value)} tokens`;
  const whose = `Your token's own budget of ${amount(limit)} ${PERIOD_WORDS[per]}`;
  const renewed = resetsAt === null ? "" : ` It begins anew on ${new Date(resetsAt).toUTCString()}.`;
  if (left <= 0) return `${whose} is used up.${renewed}`;
  return `${whose} has ${amount(left)} left, and this request may use up to ${amount(needed)}. Ask for less: a shorter prompt, or a bound on the output.${renewed}`;
}
