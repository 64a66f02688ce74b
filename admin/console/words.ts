import type { EndpointClass, HolderAction } from "../../shared/policy.ts";
import type { PriceName } from "../../shared/prices.ts";
import type { Provider } from "../../shared/providers.ts";
import type { PublishTarget, TokenStatus } from "../registry/types.ts";

// How the console calls things.

/** Names of the providers. */
export const PROVIDER_NAMES: Record<Provider, string> = {
  openai: "OpenAI",
  anthropic: "Anthropic",
  gemini: "Google Gemini",
};

/** Names of the ways in which a token stands. */
export const STATUS_NAMES: Record<TokenStatus, string> = {
  active: "Active",
  disabled: "Disabled",
  expired: "Expired",
  deleted: "Deleted",
};

/** What it means that a change isn't confirmed somewhere. */
export const PENDING_WORDS: Record<PublishTarget, string> = {
  gateway:
    "The gateway hasn't confirmed the newest change. Until it does, it may go on treating this token as it was before.",
  kv: "The newest change isn't stored in KV yet.",
};

/** Names of what has a price of its own. */
export const KIND_NAMES: Record<PriceName, string> = {
  input: "Input",
  cacheRead: "Read from a cache",
  cacheWrite: "Written to a cache",
  cacheWriteLong: "Written to a cache for an hour or longer",
  inputAudio: "Audio in",
  cacheReadAudio: "Audio read from a cache",
  inputImage: "Images in",
  cacheReadImage: "Images read from a cache",
  output: "Output",
  outputAudio: "Audio out",
  outputImage: "Images out",
};

/** What the classes of endpoints open. */
export const ENDPOINT_CHOICES: Record<EndpointClass, string> = {
  inference:
    "Only what makes a model answer. Files, batches and stored conversations, which all tokens share, stay shut",
  all: "Everything that the provider has, also what other tokens stored there",
};

/** What a holder may do to their own token. */
export const HOLDER_CHOICES: Record<HolderAction, string> = {
  rotate: "Rotate the token: get a new secret for it",
  revoke: "Revoke the token",
};

/** Providers as a list in words. */
export const providerList = (providers: readonly Provider[]): string =>
  providers.map((provider) => PROVIDER_NAMES[provider]).join(", ");
