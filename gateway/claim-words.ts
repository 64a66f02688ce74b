/** Why a claim link gives no token. */
export type ClaimRefusal =
  | { code: "unknown_claim" }
  | { code: "claim_expired"; at: number }
  | { code: "claim_used"; at: number }
  | { code: "claim_withdrawn" }
  | { code: "claim_hash_used" };

/** The HTTP status of each. */
export const CLAIM_STATUSES: Record<ClaimRefusal["code"], number> = {
  unknown_claim: 404,
  claim_expired: 410,
  claim_used: 410,
  claim_withdrawn: 410,
  claim_hash_used: 409,
};

const utc = (at: number): string => new Date(at).toUTCString();

/**
 * Puts it into words for whoever opened the link. Only who has the link's whole secret hears more than that it is unknown.
 *
 * @param refusal its times are ms since 1970
 */
export function claimWords(refusal: ClaimRefusal): string {
  switch (refusal.code) {
    case "unknown_claim":
      return "This link is not valid here. Check that it was copied whole; or a newer one took its place. Ask whoever sent it.";
    case "claim_expired":
      return `This link expired on ${utc(refusal.at)}. Ask whoever sent it for a new one.`;
    case "claim_used":
      return `This link was used on ${utc(refusal.at)}, and works once. If that was not you, tell whoever sent it at once.`;
    case "claim_withdrawn":
      return "This link was taken back, or its token was stopped. Ask whoever sent it.";
    case "claim_hash_used":
      return "The new token's hash is in use. Make another token and send its hash.";
  }
}
