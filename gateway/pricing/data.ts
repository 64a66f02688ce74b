import type { PriceName } from "../../shared/prices.ts";
import type { Provider } from "../../shared/providers.ts";

/** US dollars: one price, or a first one and those that count for the whole call above a number of input tokens. */
export type BuiltRate = number | readonly [base: number, ...above: (readonly [tokens: number, price: number])[]];

/** What a model's prices may be of; tokens by the million. Null: this costs something that isn't known. */
export type BuiltRates = Partial<
  Record<PriceName | "thousandSearches" | "thousandRequests" | "audioHour", BuiltRate | null>
>;

/** A model as `scripts/build-prices.ts` wrote it. */
export interface BuiltRow {
  id: string;
  /** Any of these matches; all of an array. `=` is, `^` begins with, `*` has in it, `$` ends with, `/` regular expression. */
  match: readonly (string | readonly string[])[];
  /** The most tokens that it can take in, rounded as its maker rounds it; null: not known. */
  context: number | null;
  /** Prices in the order of their beginning (`YYYY-MM-DD`, UTC; null: always). The last one that has begun counts. */
  versions: readonly { from: string | null; rates: BuiltRates }[];
}

/** All of the built file. */
export interface BuiltPrices {
  date: string;
  source: string;
  models: Record<Provider, readonly BuiltRow[]>;
}
