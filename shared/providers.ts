/** What a token is scoped to. Adding one means a row in `gateway/providers.ts` too. */
export const PROVIDERS = ["openai", "anthropic", "gemini"] as const;

/** The gateway's secrets that hold the provider keys. */
export const KEY_SECRETS = {
  openai: "OPENAI_API_KEY",
  anthropic: "ANTHROPIC_API_KEY",
  gemini: "GEMINI_API_KEY",
} as const satisfies Record<Provider, string>;

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
