import type { GatewayFacts, ProviderFacts } from "../../../shared/control.ts";
import type { SeriesPart, SpanTotals, UsageSeries } from "../../../shared/usage.ts";
import { keyOf, noProvider, withKeys } from "./keys.ts";

/** A part of a series; what isn't said is 0 in as many steps as what is said. */
export function seriesPart(key: string | null, some: Partial<SeriesPart> = {}): SeriesPart {
  const length = Math.max(...Object.values(some).map((values) => (Array.isArray(values) ? values.length : 0)), 0);
  const none = (): number[] => Array.from({ length }, () => 0);
  return { key, provider: null, requests: none(), errors: none(), tokens: none(), micros: none(), ...some };
}

/** A series of these steps and parts. */
export const usageSeries = (steps: number[], parts: SeriesPart[]): UsageSeries => ({
  steps,
  parts,
  asOf: Date.UTC(2026, 10, 24, 14, 29),
});

/** Totals of a span; what isn't said is 0. */
export const spanTotals = (some: Partial<SpanTotals> = {}): SpanTotals => ({
  requests: 0,
  errors: 0,
  tokens: 0,
  micros: 0,
  unpriced: 0,
  usedTokens: 0,
  ...some,
});

/** A provider with one key that it accepts. */
const GOOD_KEY: ProviderFacts = withKeys(keyOf("0a0a0a0a"));
/** A provider without a key. */
export const NO_KEY: ProviderFacts = noProvider();

/** Facts of a gateway where all is well. */
export const gatewayFacts = (providers: Partial<GatewayFacts["providers"]> = {}): GatewayFacts => ({
  providers: { openai: GOOD_KEY, anthropic: GOOD_KEY, gemini: GOOD_KEY, ...providers },
  version: "1.0.0",
  pricesDate: "2026-11-01",
});
