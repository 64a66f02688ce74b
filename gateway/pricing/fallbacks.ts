import type { PriceName } from "../../shared/prices.ts";
import type { Provider } from "../../shared/providers.ts";
import type { BuiltRate, BuiltRates } from "./data.ts";

/**
 * How a provider's missing prices follow from those that are there. A price is a factor on another one; null: it can't
 * be known.
 *
 * - Anthropic: writes to the cache cost 1.25 of input for minutes and 2 for an hour (guide on prompt caching).
 * - OpenAI and Gemini ask nothing more for writing to a cache unless the data says so, and OpenAI the same for both times.
 * - What is read from a cache costs no more than other input.
 * - Audio has prices of its own at OpenAI; at Gemini it costs what text does unless the data says otherwise. Images in the
 *   input are text's tokens. Images in Gemini's output never are; in OpenAI's they are the only output of their models.
 */
type Fallbacks = Record<Exclude<PriceName, "input" | "output">, readonly [of: PriceName, factor: number] | null>;

const COMMON: Fallbacks = {
  cacheRead: ["input", 1],
  cacheWrite: ["input", 1],
  cacheWriteLong: ["cacheWrite", 1],
  inputAudio: null,
  cacheReadAudio: ["inputAudio", 1],
  inputImage: ["input", 1],
  cacheReadImage: ["inputImage", 1],
  outputAudio: null,
  outputImage: ["output", 1],
};
const FALLBACKS: Record<Provider, Fallbacks> = {
  openai: COMMON,
  anthropic: { ...COMMON, cacheWrite: ["input", 1.25], cacheWriteLong: ["input", 2] },
  gemini: { ...COMMON, inputAudio: ["input", 1], outputImage: null },
};

/** The price that counts for an input of a length. */
export function tiered(rate: BuiltRate, input: number): number {
  if (typeof rate === "number") return rate;
  const [base, ...above] = rate;
  return above.reduce((price, [tokens, dearer]) => (input > tokens ? dearer : price), base);
}

/**
 * The price of something, US dollars for a million tokens.
 *
 * @param input tokens of the whole input, which choose the tier
 * @returns null: not known
 */
export function rateOf(rates: BuiltRates, provider: Provider, name: PriceName, input: number): number | null {
  const own = rates[name];
  if (own !== undefined) return own === null ? null : tiered(own, input);
  if (name === "input" || name === "output") return null;
  const fallback = FALLBACKS[provider][name];
  if (fallback === null) return null;
  const [of, factor] = fallback;
  const price = rateOf(rates, provider, of, input);
  return price === null ? null : price * factor;
}
