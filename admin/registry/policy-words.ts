import { type Budget, type HourWindow, OPEN_POLICY, type Policy, WEEKDAYS } from "../../shared/policy.ts";
import { PROVIDERS } from "../../shared/providers.ts";
import type { AuditChanges, AuditValue } from "./reports.ts";

// A policy in short words: for the audit log, and for the console's lists and forms.

/** Days as people write them: `mon-fri`, `sat, sun`. Three or more in a row become a span. */
function daysText(days: HourWindow["days"]): string {
  const spans: HourWindow["days"][] = [];
  for (const day of days) {
    const span = spans.at(-1);
    const last = span?.at(-1);
    if (span !== undefined && last !== undefined && WEEKDAYS.indexOf(day) === WEEKDAYS.indexOf(last) + 1)
      span.push(day);
    else spans.push([day]);
  }
  return spans.map((span) => (span.length > 2 ? `${span[0]}-${span.at(-1)}` : span.join(","))).join(",");
}

/** A window as a line, such as `mon-fri 09:00-17:00`. */
export const windowText = ({ days, from, to }: HourWindow): string => `${daysText(days)} ${from}-${to}`;

/** A budget as a line, such as `20 USD per month, warning at 80 %`. */
export function budgetText({ usd, tokens, per, warnAt }: Budget): string {
  const amount = usd === undefined ? `${tokens} tokens` : `${usd} USD`;
  const period = per === "total" ? "in total" : `per ${per}`;
  return `${amount} ${period}${warnAt === null ? "" : `, warning at ${percentOf(warnAt)} %`}`;
}

/** A share as a percentage: 0.8 as 80, without the dust of binary fractions. */
export const percentOf = (share: number): number => Number((share * 100).toPrecision(12));

const listOrNull = (list: readonly string[]): AuditValue => (list.length === 0 ? null : [...list]);

/** A policy as single facts; null where a field sets no bound. */
export function policyFacts(policy: Policy): Record<string, AuditValue> {
  const { models, activeHours, limits } = policy;
  return {
    ...Object.fromEntries(PROVIDERS.map((provider) => [`models.${provider}`, models?.[provider] ?? null])),
    endpoints: policy.endpoints,
    activeHours: activeHours === null ? null : activeHours.windows.map(windowText),
    timeZone: activeHours?.timeZone ?? null,
    networks: policy.networks,
    countries: policy.countries,
    requestsPerMinute: limits?.requestsPerMinute ?? null,
    tokensPerMinute: limits?.tokensPerMinute ?? null,
    concurrency: limits?.concurrency ?? null,
    queueSeconds: limits === null || limits.concurrency === null ? null : limits.queueSeconds,
    budgets: listOrNull((limits?.budgets ?? []).map(budgetText)),
    allowUnpriced: policy.allowUnpriced ? "yes" : "no",
    holderMay: listOrNull(policy.holderMay),
  };
}

/**
 * What differs between two policies, for the audit log.
 *
 * @param before null for something new: then what deviates from `OPEN_POLICY`
 */
export function changedFacts(before: Policy | null, after: Policy): AuditChanges {
  const [was, is] = [policyFacts(before ?? OPEN_POLICY), policyFacts(after)];
  const changes: AuditChanges = {};
  for (const [field, value] of Object.entries(is)) {
    const old = was[field] ?? null;
    if (JSON.stringify(old) !== JSON.stringify(value)) changes[field] = { before: before && old, after: value };
  }
  return changes;
}
