import { valuesOfPolicy } from "../../../../admin/console/policy-values.ts";
import { type Policy, OPEN_POLICY } from "../../../../shared/policy.ts";
import type { Fields } from "./browser.ts";

/** What the form of a policy sends where nothing was touched. */
export function policyFields(policy: Policy = OPEN_POLICY): Fields {
  const values = valuesOfPolicy(policy);
  const models = Object.entries(values.models).map(([provider, text]) => [`models.${provider}`, text] as const);
  const column = (part: keyof (typeof values.budgets)[number]): string[] => values.budgets.map((row) => row[part]);
  return {
    ...Object.fromEntries(models),
    endpoints: values.endpoints,
    activeHours: values.activeHours,
    timeZone: values.timeZone,
    networks: values.networks,
    countries: values.countries,
    ...values.limits,
    budgetAmount: column("amount"),
    budgetUnit: column("unit"),
    budgetPer: column("per"),
    budgetWarnAt: column("warnAt"),
    ...(values.allowUnpriced && { allowUnpriced: "yes" }),
    holderMay: values.holderMay,
  };
}

/** The same as pairs. */
export const policyForm = (policy: Policy): [string, string][] =>
  Object.entries(policyFields(policy)).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  );
