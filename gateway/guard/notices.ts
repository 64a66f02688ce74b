import type { Limits } from "../../shared/policy.ts";
import type { BudgetStanding } from "../../shared/usage.ts";
import type { EventToken, Notice } from "../../shared/webhooks.ts";
import type { LimitRefusal } from "../permits.ts";
import { budgetStandings } from "./limits.ts";
import type { Memory } from "./memory.ts";
import { periodStart } from "../calendar.ts";

/** Notices that wait for the ledger. Beyond this the oldest go: nobody has taken them for weeks. */
const MOST_WAITING = 100;

/** Adds a notice for the ledger, which may have it already: its id says so. */
export function addNotice({ tally }: Memory, notice: Notice): void {
  tally.notices = [...tally.notices, notice].slice(-MOST_WAITING);
}

/** Notes that a notice is given. @returns false where it was before */
function isFirst({ tally }: Memory, id: string, { resetsAt }: BudgetStanding, now: number): boolean {
  tally.given = tally.given.filter(({ until }) => until === null || until > now);
  if (tally.given.some((one) => one.id === id)) return false;
  tally.given.push({ id, until: resetsAt });
  return true;
}

const isOf = (refusal: LimitRefusal, { unit, per, limit }: BudgetStanding): boolean =>
  refusal.code === "budget_used_up" && refusal.unit === unit && refusal.per === per && refusal.limit === limit;

/**
 * Tells the owner of budgets that are used up, or used as far as they wanted to be told: once for each budget and period. A
 * budget of another size is another budget.
 *
 * @param refused what a request was just refused for; null: none was
 * @param now ms since 1970
 */
export function noteBudgets(
  memory: Memory,
  token: EventToken,
  limits: Limits,
  refused: LimitRefusal | null,
  now: number,
): void {
  for (const budget of budgetStandings(limits, memory, now)) {
    const { unit, per, limit, used, warnAt } = budget;
    const name = `${unit}:${per}:${limit}:${periodStart(per, now)}`;
    const give = (type: "budget.warning" | "budget.used_up", id: string): void => {
      if (!isFirst(memory, id, budget, now)) return;
      addNotice(memory, { id, at: now, type, token, budget });
      memory.isChanged = true;
    };
    if (warnAt !== null && used >= warnAt * limit) give("budget.warning", `${token.id}:warning:${name}:${warnAt}`);
    if (used >= limit || (refused !== null && isOf(refused, budget)))
      give("budget.used_up", `${token.id}:used_up:${name}`);
  }
}

/** Tells the owner that a token was used for the first time. */
export function noteFirstUse(memory: Memory, token: EventToken, now: number): void {
  addNotice(memory, { id: `${token.id}:first_used`, at: now, type: "token.first_used", token });
  memory.isChanged = true;
}
