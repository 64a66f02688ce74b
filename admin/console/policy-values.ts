import {
  type EndpointClass,
  type HolderAction,
  HOLDER_ACTIONS,
  type HourWindow,
  type Policy,
  WEEKDAYS,
  type Weekday,
} from "../../shared/policy.ts";
import { PROVIDERS, type Provider } from "../../shared/providers.ts";
import { percentOf } from "../registry/policy-words.ts";
import { countryName } from "./countries.ts";

// What stands in the form of a policy, as text: what was entered comes back as it was beside an error. Rows that were left
// empty aren't among it; the form adds such rows itself.

/** One row of the budgets. */
export interface BudgetValues {
  amount: string;
  unit: string;
  per: string;
  /** Percent; empty: never. */
  warnAt: string;
}

/** One row of the hours. */
export interface WindowValues {
  days: Weekday[];
  /** `HH:MM`. */
  from: string;
  /** `HH:MM`; midnight is 00:00, because a browser's field of a time has no 24:00. */
  to: string;
}

/** The fields with one number. */
export const LIMIT_FIELDS = ["requestsPerMinute", "tokensPerMinute", "concurrency", "queueSeconds"] as const;

/** The form of a policy. */
export interface PolicyValues {
  /** Names and globs. */
  models: Record<Provider, string[]>;
  endpoints: EndpointClass;
  hours: WindowValues[];
  timeZone: string;
  networks: string[];
  /** Names or codes. */
  countries: string[];
  limits: Record<(typeof LIMIT_FIELDS)[number], string>;
  budgets: BudgetValues[];
  allowUnpriced: boolean;
  holderMay: HolderAction[];
}

/** A row of the budgets that nothing was typed into. */
export const EMPTY_BUDGET: BudgetValues = { amount: "", unit: "usd", per: "month", warnAt: "" };
/** A row of the hours that nothing was typed into. */
export const EMPTY_WINDOW: WindowValues = { days: [], from: "", to: "" };

const textOf = (value: number | null | undefined): string => (value === null || value === undefined ? "" : `${value}`);
const byProvider = (list: (provider: Provider) => string[]): Record<Provider, string[]> =>
  Object.fromEntries(PROVIDERS.map((provider) => [provider, list(provider)])) as Record<Provider, string[]>;
const byLimit = (text: (field: (typeof LIMIT_FIELDS)[number]) => string): PolicyValues["limits"] =>
  Object.fromEntries(LIMIT_FIELDS.map((field) => [field, text(field)])) as PolicyValues["limits"];
const windowValues = ({ days, from, to }: HourWindow): WindowValues => ({
  days: [...days],
  from,
  to: to === "24:00" ? "00:00" : to,
});

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
    models: byProvider((provider) => [...(models?.[provider] ?? [])]),
    endpoints: policy.endpoints,
    hours: (activeHours?.windows ?? []).map(windowValues),
    timeZone: activeHours?.timeZone ?? "",
    networks: [...(policy.networks ?? [])],
    countries: (policy.countries ?? []).map(countryName),
    limits: byLimit((field) => {
      // A queue without a concurrency is nothing to wait for.
      const waits = limits !== null && limits.concurrency !== null;
      return field !== "queueSeconds" || waits ? textOf(limits?.[field]) : "";
    }),
    budgets,
    allowUnpriced: policy.allowUnpriced,
    holderMay: [...policy.holderMay],
  };
}

/** The entries of fields of one name: rows of their own, or parted by lines or commas within one. */
const entriesOf = (form: URLSearchParams, name: string): string[] => {
  const all = form.getAll(name).flatMap((text) => text.split(/[\n,;]/));
  return [...new Set(all.map((entry) => entry.trim()).filter((entry) => entry !== ""))];
};

function enteredBudgets(form: URLSearchParams): BudgetValues[] {
  const [units, pers, warnings] = ["budgetUnit", "budgetPer", "budgetWarnAt"].map((name) => form.getAll(name));
  const rows = form.getAll("budgetAmount").map((amount, index) => ({
    amount,
    unit: units?.[index] ?? EMPTY_BUDGET.unit,
    per: pers?.[index] ?? EMPTY_BUDGET.per,
    warnAt: warnings?.[index] ?? "",
  }));
  return rows.filter(({ amount, warnAt }) => amount.trim() !== "" || warnAt.trim() !== "");
}

// Checkboxes that aren't checked aren't sent, so each row of the hours has names of its own.
function enteredHours(form: URLSearchParams): WindowValues[] {
  const rows = new Set([...form.keys()].flatMap((name) => /^hours-(\d{1,3})-/.exec(name)?.[1] ?? []).map(Number));
  return [...rows]
    .toSorted((one, other) => one - other)
    .map((row) => ({
      days: WEEKDAYS.filter((day) => form.getAll(`hours-${row}-days`).includes(day)),
      from: (form.get(`hours-${row}-from`) ?? "").trim(),
      to: (form.get(`hours-${row}-to`) ?? "").trim(),
    }))
    .filter(({ days, from, to }) => days.length > 0 || from !== "" || to !== "");
}

/** What was entered, to show it again and to read it. */
export function enteredPolicy(form: URLSearchParams): PolicyValues {
  return {
    models: byProvider((provider) => entriesOf(form, `models.${provider}`)),
    endpoints: form.get("endpoints") === "all" ? "all" : "inference",
    hours: enteredHours(form),
    timeZone: (form.get("timeZone") ?? "").trim(),
    networks: entriesOf(form, "networks"),
    countries: entriesOf(form, "countries"),
    limits: byLimit((field) => form.get(field) ?? ""),
    budgets: enteredBudgets(form),
    allowUnpriced: form.get("allowUnpriced") === "yes",
    holderMay: HOLDER_ACTIONS.filter((action) => form.getAll("holderMay").includes(action)),
  };
}
