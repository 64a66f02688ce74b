import { type EndpointClass, type HolderAction, HOLDER_ACTIONS, type Policy } from "../../shared/policy.ts";
import { PROVIDERS, type Provider } from "../../shared/providers.ts";
import { percentOf, windowText } from "../registry/policy-words.ts";

// What stands in the form of a policy, as text: what was entered comes back as it was beside an error.

/** One row of the budgets. An empty amount: no budget. */
export interface BudgetValues {
  amount: string;
  unit: string;
  per: string;
  /** Percent; empty: never. */
  warnAt: string;
}

/** The fields with one number. */
export const LIMIT_FIELDS = ["requestsPerMinute", "tokensPerMinute", "concurrency", "queueSeconds"] as const;

/** The form of a policy. */
export interface PolicyValues {
  /** One glob a line. */
  models: Record<Provider, string>;
  endpoints: EndpointClass;
  /** One window a line. */
  activeHours: string;
  timeZone: string;
  /** One network a line. */
  networks: string;
  /** Parted by commas. */
  countries: string;
  limits: Record<(typeof LIMIT_FIELDS)[number], string>;
  budgets: BudgetValues[];
  allowUnpriced: boolean;
  holderMay: HolderAction[];
}

const EMPTY_BUDGET: BudgetValues = { amount: "", unit: "usd", per: "month", warnAt: "" };
const MAX_BUDGETS = 20;
const SPARE_ROWS = 2;

/** Budgets with empty rows behind them, to add more without a script. */
function withSpare(budgets: readonly BudgetValues[]): BudgetValues[] {
  const rows = Math.min(MAX_BUDGETS, Math.max(3, budgets.length + SPARE_ROWS));
  return Array.from({ length: rows }, (_, index) => budgets[index] ?? EMPTY_BUDGET);
}

const textOf = (value: number | null | undefined): string => (value === null || value === undefined ? "" : `${value}`);
const linesOf = (list: readonly string[] | null | undefined): string => (list ?? []).join("\n");
const byProvider = (text: (provider: Provider) => string): Record<Provider, string> =>
  Object.fromEntries(PROVIDERS.map((provider) => [provider, text(provider)])) as Record<Provider, string>;
const byLimit = (text: (field: (typeof LIMIT_FIELDS)[number]) => string): PolicyValues["limits"] =>
  Object.fromEntries(LIMIT_FIELDS.map((field) => [field, text(field)])) as PolicyValues["limits"];

/** What the form shows of a policy. */
export function valuesOfPolicy(policy: Policy): PolicyValues {
  const { models, activeHours, limits } = policy;
  const budgets = (limits?.budgets ?? []).map(({ usd, tokens, per, warnAt }) => ({
    amount: textOf(usd ?? tokens),
    unit: usd === undefined ? "tokens" : "usd",
    per,
    warnAt: warnAt === null ? "" : textOf(percentOf(warnAt)),
  }));
  return {
    models: byProvider((provider) => linesOf(models?.[provider])),
    endpoints: policy.endpoints,
    activeHours: linesOf(activeHours?.windows.map(windowText)),
    timeZone: activeHours?.timeZone ?? "",
    networks: linesOf(policy.networks),
    countries: (policy.countries ?? []).join(", "),
    limits: byLimit((field) => {
      // A queue without a concurrency is nothing to wait for.
      const waits = limits !== null && limits.concurrency !== null;
      return field !== "queueSeconds" || waits ? textOf(limits?.[field]) : "";
    }),
    budgets: withSpare(budgets),
    allowUnpriced: policy.allowUnpriced,
    holderMay: [...policy.holderMay],
  };
}

/** What was entered, to show it again and to read it. */
export function enteredPolicy(form: URLSearchParams): PolicyValues {
  const field = (name: string): string => (form.get(name) ?? "").replaceAll("\r\n", "\n");
  const column = (name: string): string[] => form.getAll(name).slice(0, MAX_BUDGETS);
  const [units, pers, warnings] = [column("budgetUnit"), column("budgetPer"), column("budgetWarnAt")];
  const budgets = column("budgetAmount").map((amount, index) => ({
    amount,
    unit: units[index] ?? EMPTY_BUDGET.unit,
    per: pers[index] ?? EMPTY_BUDGET.per,
    warnAt: warnings[index] ?? "",
  }));
  return {
    models: byProvider((provider) => field(`models.${provider}`)),
    endpoints: form.get("endpoints") === "all" ? "all" : "inference",
    activeHours: field("activeHours"),
    timeZone: field("timeZone"),
    networks: field("networks"),
    countries: field("countries"),
    limits: byLimit(field),
    // The rows that were there: each error in turn must not add more.
    budgets: budgets.length === 0 ? withSpare([]) : budgets,
    allowUnpriced: form.get("allowUnpriced") === "yes",
    holderMay: HOLDER_ACTIONS.filter((action) => form.getAll("holderMay").includes(action)),
  };
}
