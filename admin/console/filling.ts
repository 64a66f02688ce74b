import { PROVIDERS } from "../../shared/providers.ts";
import { FIELD_NAMES } from "./audit-words.ts";
import type { TokenValues } from "./forms.ts";
import { type PolicyValues, valuesOfPolicy } from "./policy-values.ts";
import { type PresetName, presetPolicy, PRESETS } from "./presets.ts";

// Filling a form with a preset, and with another one after that: what the owner changed in between stays.

/** A filled form, and the names of the fields that stayed as the owner had them. */
export interface Filled<T> {
  values: T;
  kept: string[];
}

/**
 * A form that is filled with a preset and nothing else.
 *
 * @param timeZone of the preset's hours
 */
export const presetValues = (preset: PresetName, timeZone: string): TokenValues => ({
  label: "",
  note: "",
  providers: PROVIDERS,
  expiry: PRESETS[preset].expiry,
  expiresAt: "",
  expiresZone: "",
  ownSecret: false,
  follow: "",
  preset,
  policy: valuesOfPolicy(presetPolicy(preset, timeZone)),
});

type Parts = Readonly<Record<string, unknown>>;

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Takes of each part what was entered where it differs from what the form was filled with, else what it is filled with now. */
function merged(entered: Parts, before: Parts, after: Parts): Filled<Parts> {
  const typed = Object.keys(after).filter((name) => !same(entered[name], before[name]));
  return {
    values: { ...after, ...Object.fromEntries(typed.map((name) => [name, entered[name]])) },
    kept: typed.filter((name) => !same(entered[name], after[name])),
  };
}

// The hours' zone goes with them, as the owner's zone may have been found out since; single limits are parts of their own.
function partsOf(values: PolicyValues): Parts {
  const {
    models,
    endpoints,
    hours: activeHours,
    networks,
    countries,
    limits,
    budgets,
    allowUnpriced,
    holderMay,
  } = values;
  return { models, endpoints, activeHours, networks, countries, ...limits, budgets, allowUnpriced, holderMay };
}

/** Fills a policy's form anew. `before`: what it was filled with. */
export function refilledPolicy(entered: PolicyValues, before: PolicyValues, after: PolicyValues): Filled<PolicyValues> {
  const { values, kept } = merged(partsOf(entered), partsOf(before), partsOf(after));
  const all = values as Omit<PolicyValues, "limits" | "hours" | "timeZone"> &
    PolicyValues["limits"] & { activeHours: PolicyValues["hours"] };
  const { requestsPerMinute, tokensPerMinute, concurrency, queueSeconds, activeHours: hours, ...rest } = all;
  const timeZone = hours.length === 0 ? "" : entered.timeZone || after.timeZone;
  const limits = { requestsPerMinute, tokensPerMinute, concurrency, queueSeconds };
  return { values: { ...rest, limits, hours, timeZone }, kept: kept.map((name) => FIELD_NAMES[name] ?? name) };
}

const expiryOf = ({ expiry, expiresAt, expiresZone }: TokenValues) => ({ expiry, expiresAt, expiresZone });
const chosen = ({ expiry, expiresAt }: TokenValues): string[] => [expiry, expiresAt];

/**
 * Fills a token's form with another preset. Label, note and how the token is handed over are never a preset's.
 *
 * @param timeZone of the preset's hours
 */
export function refilled(entered: TokenValues, preset: PresetName, timeZone: string): Filled<TokenValues> {
  const before = presetValues(entered.preset ?? "open", timeZone);
  const after = presetValues(preset, timeZone);
  const { values: policy, kept } = refilledPolicy(entered.policy, before.policy, after.policy);
  const keepsExpiry = !same(chosen(entered), chosen(before));
  const names = keepsExpiry && !same(chosen(entered), chosen(after)) ? ["Expires", ...kept] : kept;
  const values = { ...entered, ...expiryOf(keepsExpiry ? entered : after), follow: "", preset, policy };
  return { values, kept: names };
}
