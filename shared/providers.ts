/** What a token is scoped to. Adding one means a row in `gateway/providers.ts` too. */
export const PROVIDERS = ["openai", "anthropic", "gemini"] as const;

/** A company whose API Doppelgate forwards to. */
export type Provider = (typeof PROVIDERS)[number];

/**
 * Tells whether a string is the name of a provider.
 *
 * @param value anything, typically a field of unchecked JSON
 */
export function isProvider(value: unknown): value is Provider {
  return PROVIDERS.some((provider) => provider === value);
}
