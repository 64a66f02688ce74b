import type { Policy } from "../../shared/policy.ts";
import type { Provider } from "../../shared/providers.ts";
import { percentOf } from "../registry/policy-words.ts";
import {
  budgetWords,
  dayWords,
  holderWords,
  hourWords,
  listed,
  modelWords,
  paceWords,
  placeWords,
  timeWords,
} from "./policy-clauses.ts";

// A policy as a person would say it, so that an owner sees at a glance what was handed out. The form's preview, the pages
// and the API say the same, because all of it is made here.

/** Whose policy it is. */
export interface Spoken {
  /** Who uses it; empty: whoever holds the token. */
  label?: string;
  /** ms since 1970; null: never. Left out: a named policy, which has none. */
  expiresAt?: number | null;
  /** ms since 1970: an end that is near is told with its time of day. */
  now: number;
}

const NEAR_MS = 8 * 24 * 60 * 60 * 1000;
const SHARED = "files, batches and stored conversations";

function warningWords({ limits }: Policy): string[] {
  const warning = (limits?.budgets ?? []).filter(({ warnAt }) => warnAt !== null);
  const alone = limits?.budgets.length === 1;
  const words = warning.map((budget) => {
    const percent = `${percentOf(budget.warnAt ?? 0)} %`;
    return alone ? percent : `${percent} of ${budgetWords(budget)}`;
  });
  return words.length === 0 ? [] : [`You hear at ${listed(words)}.`];
}

function endWords({ expiresAt, now }: Spoken): string[] {
  if (expiresAt === undefined) return [];
  if (expiresAt === null) return ["without an end"];
  return [`until ${Math.abs(expiresAt - now) < NEAR_MS ? timeWords(expiresAt) : dayWords(expiresAt)}`];
}

function amountWords({ limits }: Policy): string {
  const budgets = limits?.budgets ?? [];
  return budgets.length === 0 ? "with no limit on what it costs" : `up to ${listed(budgets.map(budgetWords))}`;
}

/** What a policy says, in one sentence and, where there is more to say, a few short ones behind it. */
export function policySentence(policy: Policy, providers: readonly Provider[], spoken: Spoken = { now: 0 }): string {
  const who = spoken.label?.trim() || "The holder";
  const clauses = [
    `${who} may use ${modelWords(policy, providers)}`,
    ...[hourWords(policy), placeWords(policy)].filter((words) => words !== null),
    amountWords(policy),
    ...endWords(spoken),
  ].join(", ");
  const shared = policy.endpoints === "all" ? "are open too, also those of other tokens" : "stay shut";
  const pace = paceWords(policy);
  const may = holderWords(policy);
  return [
    `${clauses}; ${SHARED} ${shared}.`,
    ...(pace === null ? [] : [`No more than ${pace}.`]),
    ...(policy.allowUnpriced ? ["Models without a known price cost nothing of a budget in dollars."] : []),
    ...(may === null ? [] : [`Whoever holds the token may ${may}.`]),
    ...warningWords(policy),
  ].join(" ");
}
