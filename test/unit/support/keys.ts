import type { KeyFacts, ProviderFacts } from "../../../shared/control.ts";

/** What the gateway tells of a key of which nothing is known. */
export const keyOf = (fingerprint: string, some: Partial<KeyFacts> = {}): KeyFacts => ({
  fingerprint,
  place: 1,
  rejectedAt: null,
  throttledUntil: null,
  lastUsedAt: null,
  lastError: null,
  ...some,
});

/** What the gateway tells of a provider without a key. */
export const noProvider = (): ProviderFacts => ({
  configured: false,
  rejectedAt: null,
  keys: [],
  unusable: [],
  overridden: false,
});

/** What the gateway tells of a provider with these keys. */
export function withKeys(...keys: KeyFacts[]): ProviderFacts {
  const times = keys.flatMap(({ rejectedAt }) => rejectedAt ?? []);
  return { ...noProvider(), configured: true, rejectedAt: times.length === 0 ? null : Math.max(...times), keys };
}
