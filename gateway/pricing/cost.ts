import type { PriceName } from "../../shared/prices.ts";
import type { Provider } from "../../shared/providers.ts";
import type { UsageCounts } from "../../shared/usage.ts";
import type { BuiltRate, BuiltRates } from "./data.ts";
import { rateOf, tiered } from "./fallbacks.ts";

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

const whole = (count: number): bigint => BigInt(Math.ceil(count));

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
 * @returns USD micro-dollars, rounded up to a thousandth; null: something was used that has no known price, or a count is
 *   none
 */
export function costOf(counts: UsageCounts, rates: BuiltRates, provider: Provider, thousandths: number): number | null {
  if (!Object.values(counts).every((count) => Number.isFinite(count) && count >= 0)) return null;
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
