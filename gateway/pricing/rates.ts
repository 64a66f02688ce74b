import type { ModelPrice } from "../../shared/prices.ts";
import { matchesGlob } from "../../shared/globs.ts";
import type { Provider } from "../../shared/providers.ts";
import { builtIn, ratesAt } from "./built-in.ts";
import type { BuiltRates, BuiltRow } from "./data.ts";
import { isReleaseOf, matches, plainName } from "./names.ts";

/** What a model costs and can do, wherever that was found. */
export interface Found {
  rates: BuiltRates;
  /** The owner's word; null: they said nothing. */
  maxOutputTokens: number | null;
  contextTokens: number | null;
  /** The data's word on the context, in tokens; null: it has none. */
  dataContext: number | null;
}

// Longer names are nobody's: they would only cost time.
const LONGEST_NAME = 200;

const ownRates = ({ usdPerMillion, usdPerRequest, usdPerAudioMinute }: ModelPrice): BuiltRates => ({
  ...usdPerMillion,
  ...(usdPerRequest !== null && { thousandRequests: usdPerRequest * 1000 }),
  ...(usdPerAudioMinute !== null && { audioHour: usdPerAudioMinute * 60 }),
});

function ownersOf(prices: readonly ModelPrice[], provider: Provider, name: string): Found | null {
  const price = prices.find((one) => one.provider === provider && matchesGlob(plainName(one.model), name));
  if (price === undefined) return null;
  const { maxOutputTokens, contextTokens } = price;
  const dataContext = contextOf(rowOf(provider, name));
  return { rates: ownRates(price), maxOutputTokens, contextTokens, dataContext };
}

/** Rows that were looked for, by provider and name: most calls of an isolate name the same few models. */
const rows = new Map<string, BuiltRow | undefined>();
const MOST_ROWS = 200;

function rowOf(provider: Provider, name: string): BuiltRow | undefined {
  const key = `${provider} ${name}`;
  if (rows.has(key)) return rows.get(key);
  // Whoever makes up names only makes the next ones be looked for anew.
  if (rows.size >= MOST_ROWS) rows.clear();
  const row = builtIn().models[provider].find(({ match }) => matches(name, match));
  rows.set(key, row);
  return row;
}

function builtOf(provider: Provider, name: string, now: number): Found | null {
  const row = rowOf(provider, name);
  if (row === undefined) return null;
  return { rates: ratesAt(row, now), maxOutputTokens: null, contextTokens: null, dataContext: contextOf(row) };
}

// Makers round ("1M" is 1,000,000 or 1,048,576): never take less for the most.
const contextOf = (row: BuiltRow | undefined): number | null =>
  row === undefined || row.context === null ? null : Math.ceil(row.context * 1.05);

const usable = (name: string | null): string | null =>
  name === null || name.length > LONGEST_NAME ? null : plainName(name);

/**
 * Finds what a call's model costs: the served model first, then the one that was asked for; of each, the owner's price
 * before the built-in one. Where the served one is a release of what was asked for (`gpt-5-2025-08-07` of `gpt-5`), the
 * owner's price of either comes first: an owner names models as holders do.
 *
 * A fine-tuned model (`ft:…`) has a price only where one of that very kind is known: its base model costs less.
 *
 * @param served as the answer named it; null: it named none
 * @param asked as the request named it; null: it named none
 * @param now ms since 1970
 * @returns null: unpriced
 */
export function findRates(
  owners: readonly ModelPrice[],
  provider: Provider,
  served: string | null,
  asked: string | null,
  now: number,
): Found | null {
  const [first, second] = [usable(served), usable(asked)];
  const same = first !== null && second !== null && isReleaseOf(first, second);
  const steps = [
    first !== null && (() => ownersOf(owners, provider, first)),
    same && (() => ownersOf(owners, provider, second)),
    first !== null && (() => builtOf(provider, first, now)),
    second !== null && (() => ownersOf(owners, provider, second)),
    second !== null && (() => builtOf(provider, second, now)),
  ];
  for (const step of steps) {
    const found = step === false ? null : step();
    if (found !== null) return found;
  }
  return null;
}
