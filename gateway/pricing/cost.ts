import type { PriceName } from "../../shared/prices.ts";
import type { Provider } from "../../shared/providers.ts";
import type { UsageCounts } from "../../shared/usage.ts";
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

/**
 * US dollars for a thousand web searches where the data has no price: the highest that the provider lists
 * (developers.openai.com/api/docs/pricing, platform.claude.com/docs/en/about-claude/pricing,
 * ai.google.dev/gemini-api/docs/pricing).
 */
const THOUSAND_SEARCHES: Record<Provider, number> = { openai: 25, anthropic: 10, gemini: 35 };

// A dollar for a million tokens is a micro-dollar for one. Money is added up in whole millionths of a micro-dollar, so that
// prices of up to six decimals are counted exactly.
const SCALE = 1_000_000;

/** Millionths of a micro-dollar, rounded up where a price has more than six decimals. */
const scaled = (price: number): bigint => {
  const times = price * SCALE;
  // 0.1 * 1e6 and the like may end a hair above the whole number that is meant.
  const near = Math.round(times);
  return BigInt(Math.abs(times - near) < 1e-3 ? near : Math.ceil(times));
};

/** A count as a whole number; what is no count counts as nothing. */
const whole = (count: number): bigint => (Number.isFinite(count) && count > 0 ? BigInt(Math.ceil(count)) : 0n);

function tiered(rate: BuiltRate, input: number): number {
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

/** Takes parts out of a whole until nothing is left of it. */
function shares(
  total: number,
  parts: readonly (readonly [PriceName, number])[],
  rest: PriceName,
): [PriceName, number][] {
  let left = total;
  const taken = parts.map(([name, count]): [PriceName, number] => {
    const part = Math.min(left, Math.max(0, count));
    left -= part;
    return [name, part];
  });
  return [...taken, [rest, left]];
}

/** Splits counts, which hold each other, into parts that don't. Where parts overlap unseen, the dearer kind gets the tokens. */
function partsOf(counts: UsageCounts): [PriceName, number][] {
  const { cacheRead, cacheReadAudio, cacheReadImage, cacheWrite, cacheWriteLong, inputAudio, inputImage } = counts;
  const input = Math.max(counts.input, cacheRead + cacheWrite + cacheWriteLong, inputAudio + inputImage);
  const output = Math.max(counts.output, counts.outputAudio + counts.outputImage);
  return [
    ...shares(
      input,
      [
        ["inputAudio", inputAudio - cacheReadAudio],
        ["inputImage", inputImage - cacheReadImage],
        ["cacheWriteLong", cacheWriteLong],
        ["cacheWrite", cacheWrite],
        ["cacheReadAudio", cacheReadAudio],
        ["cacheReadImage", cacheReadImage],
        ["cacheRead", cacheRead - cacheReadAudio - cacheReadImage],
      ],
      "input",
    ),
    ...shares(
      output,
      [
        ["outputAudio", counts.outputAudio],
        ["outputImage", counts.outputImage],
      ],
      "output",
    ),
  ];
}

const single = (rate: BuiltRate | null | undefined): number | null =>
  rate === undefined || rate === null ? null : tiered(rate, 0);

/** Searches, requests and audio by time, in millionths of a micro-dollar; null: one of them has no known price. */
function extras(counts: UsageCounts, rates: BuiltRates, provider: Provider): bigint | null {
  const searches = single(rates.thousandSearches) ?? THOUSAND_SEARCHES[provider];
  const requests = single(rates.thousandRequests) ?? 0;
  const hour = single(rates.audioHour);
  if (hour === null && counts.audioSeconds > 0) return null;
  // A model that is billed by time, and no time: a format of the answer that doesn't tell it. That isn't "nothing".
  const untold = hour !== null && hour > 0 && counts.audioSeconds === 0 && counts.input + counts.output === 0;
  if (untold || (hour !== null && rates.input === undefined && counts.input + counts.output > 0)) return null;
  const milliseconds = whole(counts.audioSeconds * 1000);
  const audio = (milliseconds * scaled((hour ?? 0) * 1_000_000) + 3_599_999n) / 3_600_000n;
  // US dollars for a thousand are thousands of micro-dollars for one.
  return audio + whole(counts.webSearches) * scaled(searches * 1000) + scaled(requests * 1000);
}

/**
 * What counts cost. Reasoning is part of the output, at its price.
 *
 * @param thousandths factor of the price class
 * @returns USD micro-dollars, rounded up to a thousandth; null: something was used that has no known price
 */
export function costOf(counts: UsageCounts, rates: BuiltRates, provider: Provider, thousandths: number): number | null {
  let sum = extras(counts, rates, provider);
  if (sum === null) return null;
  for (const [name, count] of partsOf(counts)) {
    if (count === 0) continue;
    const price = rateOf(rates, provider, name, counts.input);
    if (price === null) return null;
    sum += whole(count) * scaled(price);
  }
  // Millionths times thousandths, to thousandths of a micro-dollar.
  const step = 1_000_000n;
  return Number((sum * BigInt(thousandths) + step - 1n) / step) / 1000;
}
