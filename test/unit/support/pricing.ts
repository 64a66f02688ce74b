import { type Call, unreadCall } from "../../../gateway/call.ts";
import type { BodyKind, Endpoint, EndpointCost } from "../../../gateway/endpoints.ts";
import { makePrices } from "../../../gateway/pricing/prices.ts";
import type { ModelPrice } from "../../../shared/prices.ts";
import type { Provider } from "../../../shared/providers.ts";
import { noCounts, type Usage, type UsageCounts } from "../../../shared/usage.ts";

/** When tests of prices happen. */
export const NOW = Date.parse("2026-11-28T00:00:00Z");
/** Tokens that prices are told for. */
export const MILLION = 1_000_000;
/** Prices without any of an owner's. */
export const BUILT_INS = makePrices([]);

/** Makes a usage of some counts. */
export const usageOf = (counts: Partial<UsageCounts>, change: Partial<Usage> = {}): Usage => ({
  counts: { ...noCounts(), ...counts },
  estimated: false,
  model: null,
  tier: null,
  raw: {},
  ...change,
});

/** Makes an owner's price. */
export const ownPrice = (model: string, change: Partial<ModelPrice> = {}): ModelPrice => ({
  provider: "openai",
  model,
  usdPerMillion: { input: 1, output: 2 },
  usdPerRequest: null,
  usdPerAudioMinute: null,
  maxOutputTokens: null,
  contextTokens: null,
  ...change,
});

/** What counts cost by the built-in prices, in micro-dollars. */
export const costs = (
  provider: Provider,
  model: string,
  counts: Partial<UsageCounts>,
  tier: string | null = null,
  now = NOW,
): number | null => BUILT_INS.cost(usageOf(counts, { tier }), provider, model, now);

/** Makes an endpoint. */
export const endpointOf = (body: BodyKind, cost: EndpointCost = "metered"): Endpoint => ({
  name: "test",
  routes: ["openai"],
  methods: ["POST"],
  path: /^$/,
  class: "inference",
  body,
  meter: null,
  cost,
});

/** Makes a call of 1,000 bytes that may put out 100 tokens. */
export const callOf = (model: string | null, change: Partial<Call> = {}): Call => ({
  ...unreadCall(endpointOf("chat")),
  model,
  tier: null,
  input: { bytes: 1_000, images: 0, unseen: false },
  outputBound: 100,
  ...change,
});
