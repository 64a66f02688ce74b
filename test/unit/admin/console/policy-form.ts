import { type PolicyValues, valuesOfPolicy } from "../../../../admin/console/policy-values.ts";
import { type Policy, OPEN_POLICY } from "../../../../shared/policy.ts";
import type { Fields } from "./browser.ts";

/** Rows of hours as a form sends them. */
export const hourFields = (hours: PolicyValues["hours"]): Fields =>
  Object.fromEntries(
    hours.flatMap(({ days, from, to }, row) => [
      [`hours-${row}-days`, days],
      [`hours-${row}-from`, from],
      [`hours-${row}-to`, to],
    ]),
  ) as Fields;

/** What the form of a policy sends where nothing was touched. An empty row stands behind each list, as in the page. */
export function policyFields(policy: Policy = OPEN_POLICY): Fields {
  const values = valuesOfPolicy(policy);
  const models = Object.entries(values.models).map(([provider, list]) => [`models.${provider}`, [...list, ""]]);
  const budgets = [...values.budgets, { amount: "", unit: "usd", per: "month", warnAt: "" }];
  const column = (part: keyof (typeof budgets)[number]): string[] => budgets.map((row) => row[part]);
  return {
    ...(Object.fromEntries(models) as Fields),
    endpoints: values.endpoints,
    ...hourFields([...values.hours, { days: [], from: "", to: "" }]),
    timeZone: values.timeZone,
    networks: values.networks.join("\r\n"),
    countries: [...values.countries, ""],
    ...values.limits,
    budgetAmount: column("amount"),
    budgetUnit: column("unit"),
    budgetPer: column("per"),
    budgetWarnAt: column("warnAt"),
    ...(values.allowUnpriced && { allowUnpriced: "yes" }),
    holderMay: values.holderMay,
  };
}

/** Fields as pairs. */
export const pairsOf = (fields: Fields): [string, string][] =>
  Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one]));

/** The same as pairs. */
export const policyForm = (policy: Policy): [string, string][] => pairsOf(policyFields(policy));
