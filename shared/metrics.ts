import type { Provider } from "./providers.ts";
import type { ErrorKind, UsageCounts } from "./usage.ts";

/**
 * What all requests of a model used since ever. It never falls: where an estimate gave way to less, it stays until as much
 * more was used.
 */
export interface ModelTotals {
  provider: Provider;
  /** Empty where no model was named; `(other models)`: those beyond the 1,000 of a provider that are told apart. */
  model: string;
  requests: number;
  errors: Record<ErrorKind, number>;
  counts: UsageCounts;
  /** USD micro-dollars, of what has a price. */
  micros: number;
}

/** What a token used since ever; like `ModelTotals`, it never falls. */
export interface TokenTotals {
  tokenId: string;
  requests: number;
  /** USD micro-dollars, of what has a price. */
  micros: number;
  /** ms since 1970; 0: it was never used, only refused. */
  lastUsedAt: number;
}

/** The gateway in numbers, for monitoring. */
export interface GatewayMetrics {
  /** The 1,000 with the most requests: a holder can make up names of models. */
  models: ModelTotals[];
  /** The 1,000 that were used last. */
  tokens: TokenTotals[];
  /** Events that wait to be delivered to webhooks. */
  webhooksWaiting: number;
}
