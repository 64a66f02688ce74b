import type { Refusal } from "../../gateway/refusals.ts";
import type { CountName, ErrorKind, RequestEntry, UsageGroup } from "../../shared/usage.ts";
import { PROVIDER_NAMES } from "./words.ts";

// How the console calls what stands in the usage.

/** Names of the groups, as tabs and as headings of a column. */
export const GROUP_NAMES: Record<UsageGroup, readonly [tab: string, column: string]> = {
  day: ["By day", "Day"],
  token: ["By token", "Token"],
  model: ["By model", "Model"],
  provider: ["By provider", "Provider"],
};

/** Names of what is counted. */
export const COUNT_WORDS: Record<CountName, string> = {
  input: "Input tokens",
  cacheRead: "… of them read from a cache",
  cacheWrite: "… of them written to a cache",
  cacheWriteLong: "… of them written to a cache for an hour or longer",
  inputAudio: "… of them audio",
  inputImage: "… of them images",
  cacheReadAudio: "… of them audio read from a cache",
  cacheReadImage: "… of them images read from a cache",
  output: "Output tokens",
  reasoning: "… of them reasoning",
  outputAudio: "… of them audio made",
  outputImage: "… of them images made",
  webSearches: "Web searches",
  audioSeconds: "Seconds of audio",
};

/** Names of the kinds of failures. */
export const ERROR_WORDS: Record<ErrorKind, string> = {
  limit: "Limit of the token",
  policy: "Not allowed to the token",
  gateway: "The gateway failed",
  providerBusy: "Provider busy",
  providerRefused: "Refused by the provider",
  providerFailed: "Provider failed",
  clientGone: "Client left",
  cut: "Cut off with its token",
};

// Why Doppelgate refuses, told to the owner. The holder reads `gateway/refusals.ts`.
const REFUSAL_WORDS: Record<Refusal["code"], string> = {
  unknown_claim: "the claim link isn't known",
  claim_expired: "the claim link has expired",
  claim_used: "the claim link was used before",
  claim_withdrawn: "the claim link was withdrawn",
  claim_hash_used: "the claim brought a hash that is in use",
  cross_site: "another site's page asked for it",
  missing_token: "no token was sent",
  unknown_token: "the token isn't known",
  expired_token: "the token has expired",
  invalid_upload_capability: "the upload's address isn't valid",
  ambiguous_token: "it carried different tokens",
  misplaced_token: "the token stood in the path",
  unsafe_path: "its path isn't plain",
  body_not_allowed: "it had a body where none can be",
  credentials_not_handed_out: "ephemeral keys aren't handed out",
  provider_not_allowed: "the token isn't for this provider",
  endpoint_not_allowed: "the token isn't for this endpoint",
  model_not_allowed: "the token isn't for this model",
  field_not_allowed: "it used a field that reaches what all share",
  outside_active_hours: "it came outside the token's hours",
  network_not_allowed: "it came from a network that isn't the token's",
  country_not_allowed: "it came from a country that isn't the token's",
  unreadable_request: "its body can't be read",
  request_too_large: "it was too large",
  unpriced: "what it asked for has no known price, and the token has a budget in dollars",
  rate_limited: "the token's limit per minute was reached",
  concurrency_limited: "too many of the token's requests ran at the same time",
  budget_used_up: "the token's budget doesn't cover it",
  ended_by_owner: "you ended its open requests",
  holder_may_not: "the holder may not do that",
  provider_not_configured: "the provider has no key here",
  provider_key_rejected: "the provider doesn't accept your key",
  provider_unreachable: "the provider couldn't be reached",
  provider_timeout: "the provider didn't answer in time",
  unreadable_provider_error: "the provider's answer couldn't be passed on",
  token_check_unavailable: "the token couldn't be checked",
  websocket_not_supported: "no WebSocket can be opened there",
  not_found: "there is no such page",
  method_not_allowed: "the method isn't allowed there",
  internal_error: "the gateway failed",
};

const isRefusal = (code: string): code is keyof typeof REFUSAL_WORDS => Object.hasOwn(REFUSAL_WORDS, code);

/** What became of a request, in words: who refused it and why, or how it ended. */
export function outcomeOf({ error, refusedBy, code, provider }: RequestEntry): string {
  if (refusedBy === "gateway") {
    return `Refused by Doppelgate: ${code !== null && isRefusal(code) ? REFUSAL_WORDS[code] : (code ?? "no reason")}`;
  }
  if (refusedBy === "provider") {
    const who = provider === null ? "the provider" : PROVIDER_NAMES[provider];
    return error === "providerBusy"
      ? `${who} was busy`
      : `${error === "providerFailed" ? "Failed at" : "Refused by"} ${who}`;
  }
  return error === null ? "Done" : ERROR_WORDS[error];
}
