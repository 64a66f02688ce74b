import { type ListedPrice, PRICE_NAMES, type PriceList } from "../../shared/prices.ts";
import { PROVIDERS, type Provider } from "../../shared/providers.ts";
import text from "./built/prices.txt";
import type { BuiltPrices, BuiltRate, BuiltRates, BuiltRow } from "./data.ts";
import { readLines } from "./lines.ts";

let parsed: BuiltPrices | null = null;

/** The data that was built in. Parsed when it is first asked for: not every isolate prices something. */
export function builtIn(): BuiltPrices {
  parsed ??= readLines(text);
  return parsed;
}

/**
 * The prices of a model that count at a time.
 *
 * @param now ms since 1970
 */
export function ratesAt({ versions }: BuiltRow, now: number): BuiltRates {
  const begun = versions.filter(({ from }) => from === null || Date.parse(from) <= now);
  return (begun.at(-1) ?? versions[0])?.rates ?? {};
}

const firstOf = (rate: BuiltRate | null | undefined): number | null =>
  typeof rate === "object" && rate !== null ? rate[0] : (rate ?? null);

function aboveOf(rates: BuiltRates): ListedPrice["above"] {
  const rows = PRICE_NAMES.flatMap((name) => {
    const rate = rates[name];
    const last = typeof rate === "object" && rate !== null ? rate.at(-1) : undefined;
    return typeof last === "object" ? [[name, last] as const] : [];
  });
  const [first] = rows;
  if (first === undefined) return null;
  const [, [inputTokens]] = first;
  return { inputTokens, usdPerMillion: Object.fromEntries(rows.map(([name, [, price]]) => [name, price])) };
}

function listed(provider: Provider, row: BuiltRow, now: number): ListedPrice {
  const rates = ratesAt(row, now);
  const known = PRICE_NAMES.map((name) => [name, firstOf(rates[name])] as const).filter(([, price]) => price !== null);
  const [requests, hour] = [firstOf(rates.thousandRequests), firstOf(rates.audioHour)];
  return {
    provider,
    model: row.id,
    usdPerMillion: { input: 0, output: 0, ...Object.fromEntries(known) },
    usdPerRequest: requests === null ? null : requests / 1000,
    usdPerAudioMinute: hour === null ? null : hour / 60,
    maxOutputTokens: null,
    contextTokens: row.context,
    above: aboveOf(rates),
  };
}

/**
 * The prices that are built in, without the owner's.
 *
 * @param now of which time, ms since 1970
 */
export function builtInPrices(now: number): PriceList {
  const { date, source, models } = builtIn();
  return {
    date,
    source,
    prices: PROVIDERS.flatMap((provider) => models[provider].map((row) => listed(provider, row, now))),
  };
}
