import type { ErrorKind } from "../../shared/usage.ts";
import type { Refusal } from "../refusals.ts";

/** What kind of failure each refusal is. */
const REFUSAL_KINDS: Record<Refusal["code"], ErrorKind> = {
  missing_token: "policy",
  unknown_token: "policy",
  expired_token: "policy",
  invalid_upload_capability: "policy",
  ambiguous_token: "policy",
  misplaced_token: "policy",
  unsafe_path: "policy",
  body_not_allowed: "policy",
  credentials_not_handed_out: "policy",
  provider_not_allowed: "policy",
  endpoint_not_allowed: "policy",
  model_not_allowed: "policy",
  field_not_allowed: "policy",
  outside_active_hours: "policy",
  network_not_allowed: "policy",
  country_not_allowed: "policy",
  unreadable_request: "policy",
  request_too_large: "policy",
  unpriced: "policy",
  ended_by_owner: "cut",
  holder_may_not: "policy",
  unknown_claim: "policy",
  claim_expired: "policy",
  claim_used: "policy",
  claim_withdrawn: "policy",
  claim_hash_used: "policy",
  cross_site: "policy",
  method_not_allowed: "policy",
  not_found: "policy",
  websocket_not_supported: "policy",
  rate_limited: "limit",
  concurrency_limited: "limit",
  budget_used_up: "limit",
  provider_not_configured: "gateway",
  provider_key_rejected: "gateway",
  provider_unreachable: "gateway",
  provider_timeout: "gateway",
  token_check_unavailable: "gateway",
  internal_error: "gateway",
  unreadable_provider_error: "providerFailed",
};

/** The kind of a refusal. */
export const kindOfRefusal = (code: Refusal["code"]): ErrorKind => REFUSAL_KINDS[code];

/** Refusals that a guard gives: it writes them down itself. */
const OF_GUARD: ReadonlySet<Refusal["code"]> = new Set(["rate_limited", "concurrency_limited", "budget_used_up"]);

/** Tells whether the guard knows of a refusal already. */
export const isOfGuard = (code: Refusal["code"]): boolean => OF_GUARD.has(code);

/** The kind of a provider's answer, by its status; null for a success. */
export function kindOfStatus(status: number): ErrorKind | null {
  if (status < 400) return null;
  // 529 is Anthropic's "overloaded".
  if (status === 429 || status === 529) return "providerBusy";
  return status < 500 ? "providerRefused" : "providerFailed";
}
