import type { BudgetPeriod } from "../shared/policy.ts";
import type { Provider } from "../shared/providers.ts";
import type { LimitStanding } from "../shared/usage.ts";
import { CLAIM_STATUSES, type ClaimRefusal, claimWords } from "./claim-words.ts";
import { budgetUsedUp, neverFits } from "./limit-words.ts";
import { PROVIDER_ROWS, type KeySecret } from "./providers.ts";

/** Why the gateway answers a request itself, with the facts of each case. `x-doppelgate-error` carries the code. */
export type Refusal =
  | { code: "missing_token" }
  | { code: "unknown_token" }
  | { code: "expired_token"; at: number }
  | { code: "invalid_upload_capability" }
  | { code: "ambiguous_token" }
  | { code: "misplaced_token" }
  | { code: "unsafe_path" }
  | { code: "body_not_allowed" }
  | { code: "credentials_not_handed_out"; provider: Provider }
  | { code: "provider_not_allowed"; provider: Provider; allowed: readonly Provider[] }
  | { code: "endpoint_not_allowed"; provider: Provider }
  | { code: "model_not_allowed"; provider: Provider; model: string | null; allowed: readonly string[] }
  | { code: "field_not_allowed"; field: string }
  | { code: "outside_active_hours"; timeZone: string; opensAt: number | null }
  | { code: "network_not_allowed"; address: string }
  | { code: "country_not_allowed"; country: string }
  | { code: "unreadable_request"; problem: string }
  | { code: "request_too_large"; limitBytes: number }
  | { code: "unpriced"; what: string }
  /** Too many requests, or tokens, in the last minute. `needed` is there where the request alone may use more than that. */
  | { code: "rate_limited"; unit: "requests" | "tokens"; perMinute: number; retryAfter: number; needed?: number }
  | { code: "concurrency_limited"; limit: number; waitedSeconds: number }
  /** Amounts are in USD micro-dollars or tokens. `needed`: the most that this request may use. */
  | {
      code: "budget_used_up";
      unit: "usd" | "tokens";
      per: BudgetPeriod;
      limit: number;
      left: number;
      needed: number;
      resetsAt: number | null;
    }
  | { code: "ended_by_owner" }
  | { code: "holder_may_not"; action: string }
  | ClaimRefusal
  | { code: "cross_site" }
  | { code: "provider_not_configured"; provider: Provider; secret: KeySecret; problem: string }
  | { code: "provider_key_rejected"; provider: Provider; status: number; reason: string }
  | { code: "provider_unreachable"; provider: Provider; reason: string }
  | { code: "provider_timeout"; provider: Provider; afterMs: number }
  | { code: "unreadable_provider_error"; provider: Provider; status: number }
  | { code: "token_check_unavailable" }
  | { code: "websocket_not_supported" }
  | { code: "not_found" }
  | { code: "method_not_allowed"; allow: string }
  | { code: "internal_error" };

/** A refusal on its way out of a stage. */
export class Refused extends Error {
  readonly refusal: Refusal;
  /** The live token that it was refused to, whose owner can see it among its last requests; null: none is known. */
  readonly tokenId: string | null;
  /** How the token's limits stand, for the answer's headers; null: not known. */
  readonly standing: LimitStanding | null;

  constructor(refusal: Refusal, tokenId: string | null = null, standing: LimitStanding | null = null) {
    super(refusal.code);
    this.refusal = refusal;
    this.tokenId = tokenId;
    this.standing = standing;
  }
}

/** What a holder reads. */
export interface Told {
  /** HTTP status. */
  status: number;
  /** One or two sentences: what is wrong and how to mend it. Never says more about a token than its holder may know. */
  message: string;
  /** Seconds after which trying again makes sense; null where it never does. */
  retryAfter: number | null;
}

const final = (status: number, message: string): Told => ({ status, message, retryAfter: null });
const passing = (status: number, retryAfter: number, message: string): Told => ({ status, message, retryAfter });
const nameOf = (provider: Provider): string => PROVIDER_ROWS[provider].name;

/**
 * Puts a refusal into words for the holder.
 *
 * @param refusal with its facts
 */
export function tell(refusal: Refusal): Told {
  switch (refusal.code) {
    case "missing_token":
      return final(401, "No token was sent. Use your Doppelgate token as the API key.");
    case "unknown_token":
      return final(
        401,
        "This token is not valid here. Check that it was copied whole, or ask its owner for a new one.",
      );
    case "expired_token":
      return final(401, `This token expired on ${new Date(refusal.at).toUTCString()}. Ask its owner to extend it.`);
    case "ended_by_owner":
      return final(403, "The owner of this token has ended its open requests. New ones are let through as before.");
    case "invalid_upload_capability":
      return final(401, "This upload address is not valid here, or not any more. Start the upload again.");
    case "ambiguous_token":
      return final(
        400,
        "This request carries different tokens. Send one token only; look for a second API key setting.",
      );
    case "misplaced_token":
      return final(400, "The token stands in the path of the address. Send it as the API key instead.");
    case "unsafe_path":
      return final(400, "The path has a backslash or a . or .. segment. Send the address in its plain form.");
    case "body_not_allowed":
      return final(400, "A GET or HEAD request can't carry a body here. Send it without one, or use POST.");
    case "credentials_not_handed_out":
      return final(
        403,
        "This gateway hands out no ephemeral keys: they would work past it. Connect with your token instead.",
      );
    case "provider_not_allowed":
      return final(403, notAllowed(refusal.provider, refusal.allowed));
    case "endpoint_not_allowed":
      return final(
        403,
        `This token is for asking ${nameOf(refusal.provider)}'s models; this address is not open to it. Ask its owner.`,
      );
    case "model_not_allowed":
      return final(403, modelNotAllowed(refusal.model, refusal.allowed));
    case "field_not_allowed":
      return final(
        403,
        `This token may not use "${refusal.field}": it reaches what all users of this gateway share. Leave it out, or ask the owner.`,
      );
    case "outside_active_hours":
      return final(403, outsideHours(refusal.timeZone, refusal.opensAt));
    case "network_not_allowed":
      return final(403, `This token does not work from the address ${refusal.address}. Ask its owner.`);
    case "country_not_allowed":
      return final(403, `This token does not work from this country (${refusal.country}). Ask its owner.`);
    case "unreadable_request":
      return final(400, refusal.problem);
    case "request_too_large":
      return final(413, `The request is larger than ${Math.floor(refusal.limitBytes / 1_048_576)} MiB.`);
    case "unpriced":
      return final(
        403,
        `This token has a budget in dollars, and the price of ${refusal.what} is not known here. Use another, or ask the owner.`,
      );
    case "rate_limited":
      if (refusal.needed !== undefined) return final(429, neverFits(refusal.perMinute, refusal.needed));
      return passing(
        429,
        refusal.retryAfter,
        `Your token's own limit of ${refusal.perMinute} ${refusal.unit} per minute is reached. Try again in ${refusal.retryAfter} s.`,
      );
    case "concurrency_limited":
      return passing(
        429,
        1,
        `Your token may have ${refusal.limit} requests at the same time, and all are busy. Try again in a moment.`,
      );
    case "budget_used_up":
      return final(429, budgetUsedUp(refusal));
    case "holder_may_not":
      return final(403, `The owner of this token does not let its holder ${refusal.action} it.`);
    case "unknown_claim":
    case "claim_expired":
    case "claim_used":
    case "claim_withdrawn":
    case "claim_hash_used":
      return final(CLAIM_STATUSES[refusal.code], claimWords(refusal));
    case "cross_site":
      return final(403, "This can't be asked for from another site's page. Use the gateway's own page, or no browser.");
    case "provider_not_configured":
      return final(503, `${nameOf(refusal.provider)} is not set up on this gateway. Ask its owner.`);
    case "provider_key_rejected":
      return final(503, `${nameOf(refusal.provider)} does not accept this gateway's own key right now. Ask its owner.`);
    case "provider_unreachable":
      return passing(503, 2, `${nameOf(refusal.provider)} could not be reached. Try again in a moment.`);
    case "provider_timeout":
      return passing(504, 5, `${nameOf(refusal.provider)} did not answer in time. Try again in a moment.`);
    case "unreadable_provider_error":
      return passing(
        502,
        2,
        `${nameOf(refusal.provider)} answered ${refusal.status} in a form that can't be passed on.`,
      );
    case "token_check_unavailable":
      return passing(503, 1, "The gateway can't check tokens right now. Try again in a moment.");
    case "websocket_not_supported":
      return final(426, "This address does not take WebSocket connections. Use the HTTP endpoint instead.");
    case "not_found":
      return final(404, "The gateway has no such page. Paths under /-/ are its own; all others go to the provider.");
    case "method_not_allowed":
      return final(405, `This method is not allowed here. Use one of: ${refusal.allow}.`);
    case "internal_error":
      return passing(500, 5, "The gateway failed on this request. Its owner finds the reason in the log.");
  }
}

function notAllowed(provider: Provider, allowed: readonly Provider[]): string {
  const names = allowed.map(nameOf);
  const may = names.length === 0 ? "no provider at all" : names.join(" and ");
  return `This token does not allow ${nameOf(provider)}; it allows ${may}. Ask its owner.`;
}

function modelNotAllowed(model: string | null, allowed: readonly string[]): string {
  const may = allowed.length === 0 ? "none of this provider's" : allowed.join(", ");
  const subject = model === null ? "a request that names no model" : `the model "${model.slice(0, 100)}"`;
  return `This token does not allow ${subject}; it allows ${may}. Ask its owner.`;
}

function outsideHours(timeZone: string, opensAt: number | null): string {
  const when = opensAt === null ? "" : ` It works again from ${new Date(opensAt).toUTCString()}.`;
  return `This token does not work at this time of the week (${timeZone}).${when} Ask its owner.`;
}
