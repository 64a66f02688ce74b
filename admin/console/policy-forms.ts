import { type HourWindow } from "../../shared/policy.ts";
import { PROVIDERS } from "../../shared/providers.ts";
import type { FieldError } from "../api/problem.ts";
import { HOURS_EXAMPLE, windowFrom } from "./hours.ts";
import type { BudgetValues, PolicyValues } from "./policy-values.ts";

// A policy's form becomes the input of the API's own schema, and the schema's errors become errors of the form's fields.

/** The entries of a field with one a line. */
const entriesOf = (text: string, part: RegExp | string = "\n"): string[] =>
  text
    .split(part)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
const orNull = <T>(list: T[]): T[] | null => (list.length === 0 ? null : list);
const countriesOf = (text: string): string[] => entriesOf(text, /[\s,;]+/);
const filled = (budgets: readonly BudgetValues[]): number[] =>
  budgets.flatMap(({ amount, warnAt }, row) => (amount.trim() === "" && warnAt.trim() === "" ? [] : [row]));

/** A number as people type it; null where there is none. What is no number stays text, for the schema to say so. */
function numberFrom(typed: string): number | string | null {
  const text = typed.trim();
  if (text === "") return null;
  return /^\d{1,15}(?:\.\d{1,12})?$/.test(text) ? Number(text) : text;
}

function hoursFrom(values: PolicyValues, errors: FieldError[]) {
  const lines = entriesOf(values.activeHours);
  const timeZone = values.timeZone.trim();
  if (lines.length === 0) {
    const message = "You named a time zone but no hours. Write the hours, or clear the time zone.";
    if (timeZone !== "") errors.push({ field: "activeHours", message });
    return null;
  }
  if (timeZone === "") {
    errors.push({ field: "timeZone", message: "Name the time zone of the hours, such as Europe/Berlin or UTC." });
  }
  const windows: HourWindow[] = [];
  for (const line of lines) {
    const window = windowFrom(line);
    if (window !== null) windows.push(window);
    else errors.push({ field: "activeHours", message: `“${line}” isn't understood. Write it like ${HOURS_EXAMPLE}.` });
  }
  return { timeZone, windows };
}

function budgetFrom({ amount, unit, per, warnAt }: BudgetValues, row: number, errors: FieldError[]) {
  const value = numberFrom(amount);
  if (value === null) {
    errors.push({ field: `budget-${row}-amount`, message: "Name the amount of this budget, or clear its warning." });
  }
  const percent = numberFrom(warnAt);
  if (percent !== null && !(typeof percent === "number" && percent > 0 && percent < 100)) {
    errors.push({ field: `budget-${row}-warnAt`, message: "Write a percentage above 0 and below 100." });
  }
  const share = typeof percent === "number" ? Number((percent / 100).toPrecision(12)) : null;
  return { ...(unit === "tokens" ? { tokens: value } : { usd: value }), per, warnAt: share };
}

/**
 * The schema's fields from a form.
 *
 * @param errors gets what the form itself finds
 */
export function rulesFrom(values: PolicyValues, errors: FieldError[]): Record<string, unknown> {
  const models = PROVIDERS.map((provider) => [provider, entriesOf(values.models[provider])] as const);
  const { requestsPerMinute, tokensPerMinute, concurrency, queueSeconds } = values.limits;
  const queue = numberFrom(queueSeconds);
  return {
    models: Object.fromEntries(models.filter(([, globs]) => globs.length > 0)),
    endpoints: values.endpoints,
    activeHours: hoursFrom(values, errors),
    networks: orNull(entriesOf(values.networks)),
    countries: orNull(countriesOf(values.countries)),
    limits: {
      requestsPerMinute: numberFrom(requestsPerMinute),
      tokensPerMinute: numberFrom(tokensPerMinute),
      concurrency: numberFrom(concurrency),
      ...(queue === null ? {} : { queueSeconds: queue }),
      budgets: filled(values.budgets).flatMap((row) => {
        const budget = values.budgets[row];
        return budget === undefined ? [] : [budgetFrom(budget, row, errors)];
      }),
    },
    allowUnpriced: values.allowUnpriced,
    holderMay: values.holderMay,
  };
}

/** An error at the field that holds several entries names the entry. */
const quoted = (field: string, entry: string | undefined, message: string): FieldError => ({
  field,
  message: entry === undefined ? message : `“${entry.slice(0, 60)}”: ${message}`,
});

function inLimits(values: PolicyValues, parts: readonly string[], message: string): FieldError {
  const [name = "", index, part] = parts;
  if (name !== "budgets") return { field: name, message };
  const row = index === undefined ? undefined : filled(values.budgets)[Number(index)];
  if (row === undefined) return { field: "budgets", message };
  return { field: `budget-${row}-${part === "per" || part === "warnAt" ? part : "amount"}`, message };
}

/**
 * The form's field, and what to say there, for an error of the schema.
 *
 * @param error its field is a dotted path, such as `limits.budgets.0.usd`
 */
export function atField(values: PolicyValues, { field, message }: FieldError): FieldError {
  const [name = "", ...parts] = field.split(".");
  const [first = "", second] = parts;
  switch (name) {
    case "models": {
      const provider = PROVIDERS.find((one) => one === first);
      const entry = provider && entriesOf(values.models[provider])[Number(second)];
      return quoted(`models.${first}`, entry, message);
    }
    case "networks":
      return quoted(name, entriesOf(values.networks)[Number(first)], message);
    case "countries":
      return quoted(name, countriesOf(values.countries)[Number(first)], message);
    case "activeHours":
      if (first === "timeZone") return { field: first, message };
      return quoted(name, entriesOf(values.activeHours)[Number(second)], message);
    case "limits":
      return inLimits(values, parts, message);
    default:
      return { field: name, message };
  }
}
