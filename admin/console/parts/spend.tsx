import { PERIOD_WORDS } from "../../../shared/policy.ts";
import { type BudgetNow, shareOf } from "../../registry/budgets.ts";
import { NEARLY } from "../../registry/list-terms.ts";
import type { ListedToken } from "../../registry/types.ts";
import { counted, dollars, number } from "../amounts.ts";
import { Meter } from "./chart.tsx";

// What a token in the list has used, beside its fullest budget.

const limitWords = ({ unit, per, limit }: BudgetNow): string =>
  `${unit === "usd" ? dollars(limit) : counted(limit, "token")} ${PERIOD_WORDS[per]}`;

const usedWords = ({ unit, used }: BudgetNow): string => (unit === "usd" ? dollars(used) : number(used));

const percent = (share: number): string => `${Math.floor(share * 100)} % used`;

function Fullest({ budget, others }: { budget: BudgetNow; others: number }) {
  const share = shareOf(budget);
  return (
    <div class={share >= NEARLY ? "spend nearly" : "spend"}>
      <Meter limit={budget.limit} used={budget.used} />
      {usedWords(budget)} of {limitWords(budget)}
      {share >= NEARLY && <span class="sub level">{percent(share)}</span>}
      {others > 0 && <span class="sub">{`and ${counted(others, "other budget")}`}</span>}
    </div>
  );
}

interface SpendProps {
  token: Pick<ListedToken, "use" | "budgets">;
  /** Whether the use of all tokens is known, so that one of which nothing was told was never used. */
  known: boolean;
}

/** How much a token has used, with a bar for its fullest budget. */
export function Spend({ token: { use, budgets }, known }: SpendProps) {
  const [fullest] = budgets;
  if (use === null && !known) {
    return (
      <>
        Not known
        {fullest !== undefined && <span class="sub">of {limitWords(fullest)}</span>}
      </>
    );
  }
  if (fullest !== undefined) return <Fullest budget={fullest} others={budgets.length - 1} />;
  return use === null || use.micros === 0 ? <>–</> : <>{dollars(use.micros)} in all</>;
}
