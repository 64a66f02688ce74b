import { type Policy, POLICY_FIELDS } from "../../shared/policy.ts";
import { PROVIDERS } from "../../shared/providers.ts";
import { policyFields } from "../api/policy-fields.ts";
import type { FieldError } from "../api/problem.ts";
import { countryCode } from "./countries.ts";
import type { BudgetValues, PolicyValues, WindowValues } from "./policy-values.ts";

// A policy's form becomes the input of the API's own schema, and the schema's errors become errors of the form's fields.

/** Makes the schema's input of a part of the form; `errors` gets what the form itself finds. */
type Reader = (values: PolicyValues, errors: FieldError[]) => unknown;

const orNull = <T>(list: readonly T[]): readonly T[] | null => (list.length === 0 ? null : list);

/** A number as people type it; null where there is none. What is no number stays text, for the schema to say so. */
function numberFrom(typed: string): number | string | null {
  const text = typed.trim().replace(/^\$\s*/, "");
  if (text === "") return null;
  const plain = /^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(text) ? text.replaceAll(",", "") : text;
  return /^\d{1,15}(?:\.\d{1,12})?$/.test(plain) ? Number(plain) : text;
}

function windowFrom({ days, from, to }: WindowValues, row: number, errors: FieldError[]) {
  const wrong = (part: string, message: string) => errors.push({ field: `hours.${row}.${part}`, message });
  if (days.length === 0) wrong("days", "Choose the days of these hours, or clear them.");
  if (from === "") wrong("from", "Say when these hours begin.");
  if (to === "") wrong("to", "Say when these hours end.");
  const end = to.padStart(5, "0");
  return { days, from: from.padStart(5, "0"), to: end === "00:00" ? "24:00" : end };
}

const hoursFrom: Reader = ({ hours, timeZone }, errors) => {
  if (hours.length === 0) {
    const message = "You named a time zone but no hours. Choose the hours, or clear the time zone.";
    if (timeZone !== "") errors.push({ field: "timeZone", message });
    return null;
  }
  if (timeZone === "") {
    errors.push({ field: "timeZone", message: "Name the time zone of the hours, such as Europe/Berlin or UTC." });
  }
  return { timeZone, windows: hours.map((window, row) => windowFrom(window, row, errors)) };
};

const countriesFrom: Reader = ({ countries }, errors) =>
  orNull(
    countries.map((text, row) => {
      const code = countryCode(text);
      const message = `“${text.slice(0, 60)}” isn't a country that is known here. Write its English name or its two letters, like Italy or IT.`;
      if (code === null) errors.push({ field: `countries.${row}`, message });
      return code ?? text;
    }),
  );

function budgetFrom({ amount, unit, per, warnAt }: BudgetValues, row: number, errors: FieldError[]) {
  const value = numberFrom(amount);
  if (value === null) {
    errors.push({ field: `budget.${row}.amount`, message: "Name the amount of this budget, or clear its warning." });
  }
  const percent = numberFrom(warnAt);
  if (percent !== null && !(typeof percent === "number" && percent > 0 && percent < 100)) {
    errors.push({ field: `budget.${row}.warnAt`, message: "Write a percentage above 0 and below 100." });
  }
  const share = typeof percent === "number" ? Number((percent / 100).toPrecision(12)) : null;
  return { ...(unit === "tokens" ? { tokens: value } : { usd: value }), per, warnAt: share };
}

const limitsFrom: Reader = ({ limits, budgets }, errors) => {
  const queue = numberFrom(limits.queueSeconds);
  return {
    requestsPerMinute: numberFrom(limits.requestsPerMinute),
    tokensPerMinute: numberFrom(limits.tokensPerMinute),
    concurrency: numberFrom(limits.concurrency),
    ...(queue === null ? {} : { queueSeconds: queue }),
    budgets: budgets.map((budget, row) => budgetFrom(budget, row, errors)),
  };
};

const READERS: Record<keyof Policy, Reader> = {
  models: ({ models }) =>
    Object.fromEntries(PROVIDERS.map((one) => [one, models[one]] as const).filter(([, globs]) => globs.length > 0)),
  endpoints: ({ endpoints }) => endpoints,
  activeHours: hoursFrom,
  networks: ({ networks }) => orNull(networks),
  countries: countriesFrom,
  limits: limitsFrom,
  allowUnpriced: ({ allowUnpriced }) => allowUnpriced,
  holderMay: ({ holderMay }) => holderMay,
};

/**
 * The schema's fields from a form.
 *
 * @param errors gets what the form itself finds
 */
export const rulesFrom = (values: PolicyValues, errors: FieldError[]): Record<string, unknown> =>
  Object.fromEntries(POLICY_FIELDS.map((field) => [field, READERS[field](values, errors)]));

/** What a form says, without the fields in which something is wrong. */
export function soundRules(values: PolicyValues): Partial<Policy> {
  const sound = POLICY_FIELDS.flatMap((field) => {
    const errors: FieldError[] = [];
    const parsed = policyFields[field].safeParse(READERS[field](values, errors));
    return parsed.success && errors.length === 0 ? [[field, parsed.data]] : [];
  });
  return Object.fromEntries(sound) as Partial<Policy>;
}

/** An error at a field that holds several entries names the entry. */
const quoted = (field: string, entry: string | undefined, message: string): FieldError => ({
  field,
  message: entry === undefined ? message : `“${entry.slice(0, 60)}”: ${message}`,
});

/** The field of an entry, or of the whole list. */
const entryField = (list: string, index: string | undefined): string =>
  index === undefined ? list : `${list}.${index}`;

function inLimits(parts: readonly string[], message: string): FieldError {
  const [name = "", row, part] = parts;
  if (name !== "budgets" || row === undefined) return { field: name, message };
  return { field: `budget.${row}.${part === "per" || part === "warnAt" ? part : "amount"}`, message };
}

/**
 * The form's field, and what to say there, for an error of the schema.
 *
 * @param error its field is a dotted path, such as `limits.budgets.0.usd`
 */
export function atField(values: PolicyValues, { field, message }: FieldError): FieldError {
  const [name = "", ...parts] = field.split(".");
  const [first = "", second, third] = parts;
  switch (name) {
    case "models": {
      const provider = PROVIDERS.find((one) => one === first);
      const entry = provider && values.models[provider][Number(second)];
      return quoted(entryField(`models.${first}`, second), entry, message);
    }
    case "networks":
      return quoted(name, values.networks[Number(first)], message);
    case "activeHours":
      if (first === "timeZone") return { field: first, message };
      return { field: second === undefined ? name : `hours.${second}.${third ?? "days"}`, message };
    case "limits":
      return inLimits(parts, message);
    case "countries":
      return { field: entryField(name, parts[0]), message };
    default:
      return { field: name, message };
  }
}
