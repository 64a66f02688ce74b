import type { ListedPrice, ModelPrice, PriceName as Kind } from "../../shared/prices.ts";
import { PRICE_NAMES } from "../../shared/prices.ts";
import { isProvider } from "../../shared/providers.ts";
import { modelPrice } from "../api/price-schemas.ts";
import type { PriceName } from "../registry/prices.ts";
import { type Checked, checkFields } from "./forms.ts";

/** The fields of a price's form that hold one number, beside the prices for a million tokens. */
export const NUMBER_FIELDS = ["usdPerRequest", "usdPerAudioMinute", "maxOutputTokens", "contextTokens"] as const;
type NumberField = (typeof NUMBER_FIELDS)[number];

/** What stands in a price's form. */
export type PriceValues = Record<"provider" | "model" | Kind | NumberField, string>;

const KINDS = [...PRICE_NAMES, ...NUMBER_FIELDS] as const;

const shown = (value: number | null | undefined): string =>
  value === null || value === undefined ? "" : String(value);

/** A form without a number in it. */
export const emptyValues = (provider = "openai", model = ""): PriceValues =>
  ({ provider, model, ...Object.fromEntries(KINDS.map((kind) => [kind, ""])) }) as PriceValues;

/** What the form shows of a price. */
export function valuesOfPrice(price: ModelPrice | ListedPrice): PriceValues {
  const values = emptyValues(price.provider, price.model);
  for (const kind of PRICE_NAMES) values[kind] = shown(price.usdPerMillion[kind]);
  for (const field of NUMBER_FIELDS) values[field] = shown(price[field]);
  return values;
}

/** What was entered, to show it again. */
export function enteredPrice(form: URLSearchParams): PriceValues {
  const values = emptyValues(form.get("provider") ?? "", form.get("model") ?? "");
  for (const kind of KINDS) values[kind] = form.get(kind) ?? "";
  return values;
}

/** A number as people type it; what is none stays text, for the schema to say so. */
function typed(entered: string): number | string | undefined {
  const text = entered.trim();
  if (text === "") return undefined;
  return /^\d{1,12}(?:\.\d{1,12})?$|^\.\d{1,12}$/.test(text) ? Number(text) : text;
}

/** The price that a form asks for. An error's field is the input's name. */
export function priceFrom(values: PriceValues): Checked<ModelPrice> {
  const numbers = (kinds: readonly (Kind | NumberField)[]): Record<string, number | string | undefined> =>
    Object.fromEntries(kinds.map((kind) => [kind, typed(values[kind])]));
  const { provider, model } = values;
  const raw = { provider, model, usdPerMillion: numbers(PRICE_NAMES), ...numbers(NUMBER_FIELDS) };
  const checked = checkFields(modelPrice, raw);
  if (checked.ok) return checked;
  const errors = checked.errors.map((error) => ({ ...error, field: error.field.replace(/^usdPerMillion\./, "") }));
  return { ok: false, errors };
}

/** Which price a form or an address is about; null: it names none. */
export function priceNameFrom(provider: string | null | undefined, model: string | null | undefined): PriceName | null {
  return isProvider(provider) && typeof model === "string" && model !== "" ? { provider, model } : null;
}
