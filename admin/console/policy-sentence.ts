import type { Policy } from "../../shared/policy.ts";
import type { Provider } from "../../shared/providers.ts";
import { budgetText, windowText } from "../registry/policy-words.ts";
import { PROVIDER_NAMES } from "./words.ts";

// A policy in one sentence, so that an owner sees at a glance what was handed out.

const MANY = 3;

const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;

const counted = (list: readonly string[], what: string): string =>
  list.length > MANY ? `${list.length} ${what}` : listed(list);

function models(policy: Policy, providers: readonly Provider[]): string {
  const free = providers.filter((provider) => policy.models?.[provider] === undefined);
  const bound = providers.flatMap((provider) => {
    const globs = policy.models?.[provider];
    return globs === undefined ? [] : [`${counted(globs, "patterns of models")} of ${PROVIDER_NAMES[provider]}`];
  });
  const all = free.length === 0 ? [] : [`every model of ${listed(free.map((provider) => PROVIDER_NAMES[provider]))}`];
  return [...all, ...bound].join("; ");
}

function when({ activeHours }: Policy): string {
  if (activeHours === null) return "at any time";
  return `only ${counted(activeHours.windows.map(windowText), "windows of the week")} (${activeHours.timeZone})`;
}

function where({ networks, countries }: Policy): string {
  if (networks === null && countries === null) return "from everywhere";
  const parts = [];
  if (networks !== null) parts.push(`from ${counted(networks, "networks")}`);
  if (countries !== null) parts.push(`from ${counted(countries, "countries")}`);
  return `only ${parts.join(" that are also ")}`;
}

function howMuch({ limits }: Policy): string {
  if (limits === null) return "without a limit";
  const { requestsPerMinute, tokensPerMinute, concurrency, budgets } = limits;
  const parts = budgets.map((budget) => budgetText({ ...budget, warnAt: null }));
  if (requestsPerMinute !== null) parts.push(`${requestsPerMinute} requests per minute`);
  if (tokensPerMinute !== null) parts.push(`${tokensPerMinute} tokens per minute`);
  if (concurrency !== null) parts.push(`${concurrency} requests at the same time`);
  return `with at most ${listed(parts)}`;
}

/**
 * A policy in one sentence.
 *
 * @param providers which the token is for
 */
export function policySentence(policy: Policy, providers: readonly Provider[]): string {
  const what = policy.endpoints === "all" ? "on all endpoints" : "for answers of models only";
  return `May use ${models(policy, providers)}, ${what}, ${when(policy)}, ${where(policy)}, ${howMuch(policy)}.`;
}
