import { isAmount, isObject, isText, listOf, oneOf, orNull, shapeOf } from "./checks.ts";
import { isProvider, type Provider } from "./providers.ts";

/** The KV key of the owner's prices. Written by the admin, read by the gateway; the registry is the truth. */
export const PRICES_KEY = "settings:prices";

/** What can have a price of its own; each falls back as `gateway/pricing/` says where it has none. */
export const PRICE_NAMES = [
  "input",
  "cacheRead",
  "cacheWrite",
  "cacheWriteLong",
  "inputAudio",
  "cacheReadAudio",
  "inputImage",
  "cacheReadImage",
  "output",
  "outputAudio",
  "outputImage",
] as const;
/** Something that has a price for a million tokens. */
export type PriceName = (typeof PRICE_NAMES)[number];

/** What a model costs. */
export interface ModelPrice {
  provider: Provider;
  /** A model's name, or a glob of names (`*` any characters, `?` one). */
  model: string;
  /** US dollars for a million tokens. `input` and `output` are always there. */
  usdPerMillion: { input: number; output: number } & Partial<Record<PriceName, number>>;
  /** US dollars for each request on top; null: none. */
  usdPerRequest: number | null;
  /** US dollars for a minute of audio, where audio is billed by time; null: it isn't. */
  usdPerAudioMinute: number | null;
  /** The most output tokens that it can make; null: not known. */
  maxOutputTokens: number | null;
  /** The most tokens that it can take in; null: not known. */
  contextTokens: number | null;
}

/** The owner's prices: they come before the built-in ones, in this order. The value of `PRICES_KEY`. */
export interface OwnerPrices {
  schema: 1;
  prices: ModelPrice[];
}

/** A built-in price. */
export interface ListedPrice extends ModelPrice {
  /** What the whole call costs where its input is longer than this; null: the same. */
  above: { inputTokens: number; usdPerMillion: Partial<Record<PriceName, number>> } | null;
}

/** The built-in prices. */
export interface PriceList {
  /** Day of the data, `YYYY-MM-DD`. */
  date: string;
  /** The package that it is of, with its version. */
  source: string;
  prices: ListedPrice[];
}

const isAmountOrNull = orNull(isAmount);

const isPrice = shapeOf<ModelPrice>({
  provider: isProvider,
  model: isText,
  usdPerMillion: (rates) =>
    isObject(rates) && "input" in rates && "output" in rates && Object.values(rates).every(isAmount),
  usdPerRequest: isAmountOrNull,
  usdPerAudioMinute: isAmountOrNull,
  maxOutputTokens: isAmountOrNull,
  contextTokens: isAmountOrNull,
});

const isOwners = shapeOf<OwnerPrices>({ schema: oneOf([1]), prices: listOf(isPrice) });

/**
 * Reads the owner's prices out of what may hold them.
 *
 * @param value parsed JSON
 * @returns null where anything is off
 */
export function checkPrices(value: unknown): OwnerPrices | null {
  return isOwners(value) ? { schema: 1, prices: value.prices } : null;
}
