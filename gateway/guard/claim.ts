import type { TokenClaim, TokenRecord, TokenSecret } from "../../shared/record.ts";
import type { Notice } from "../../shared/webhooks.ts";
import type { ClaimRefusal } from "../claim-words.ts";
import type { ClaimAct, ClaimAnswer } from "../permits.ts";

/** Secrets that go on beside the new one, as many as the registry allows. */
const MOST_OLDER = 9;

/** What opened the token goes on for the grace, or ends sooner where an earlier rotation said so. */
function secretsAfter(
  { secrets }: TokenRecord,
  { graceSeconds }: TokenClaim,
  hash: string,
  now: number,
): TokenSecret[] {
  const graceEnds = now + graceSeconds * 1_000;
  const older = secrets
    .map((secret) => ({ ...secret, endsAt: Math.min(secret.endsAt ?? graceEnds, graceEnds) }))
    .filter(({ endsAt }) => endsAt > now)
    .slice(0, MOST_OLDER);
  return [{ hash, typed: false, endsAt: null }, ...older];
}

/** Why a link that is the record's own gives nothing now; null: it does. */
function shutBy(record: TokenRecord, claim: TokenClaim, now: number): ClaimRefusal | null {
  // A token that is disabled or deleted looks like a link that was taken back: who holds the link learns no more.
  if (record.state !== "active" || claim.withdrawnAt !== null) return { code: "claim_withdrawn" };
  const at = Math.min(claim.expiresAt, record.expiresAt ?? Infinity);
  return now >= at ? { code: "claim_expired", at } : null;
}

const no = (refusal: ClaimRefusal): ClaimAnswer => ({ ok: false, refusal });

const isRepeat = ({ secrets }: TokenRecord, { used }: TokenClaim, hash: string): boolean =>
  used?.hash === hash && secrets.some((secret) => secret.hash === hash);

/**
 * A record after its claim link was used. Pure. The same claim with the same hash again is answered as before and changes
 * nothing: the first answer may have got lost. With another hash it is refused, so a link gives one token and no second.
 *
 * Where the token works from isn't asked here: its holder may open the link on one machine and use the token on another.
 *
 * @param record the newest one known; null: none is
 * @param now ms since 1970
 * @returns the record and whether it is a new one; or why not
 */
export function recordAfterClaim(record: TokenRecord | null, act: ClaimAct, now: number): ClaimAnswer {
  const { claimHash, hash, country } = act;
  const claim = record?.claim ?? null;
  if (record === null || claim === null || claim.hash !== claimHash) return no({ code: "unknown_claim" });
  const shut = shutBy(record, claim, now);
  if (claim.used !== null) {
    if (!isRepeat(record, claim, hash)) return no({ code: "claim_used", at: claim.used.at });
    return shut?.code === "claim_withdrawn" ? no(shut) : { ok: true, record, isNew: false };
  }
  if (shut !== null) return no(shut);
  // The link's own secret would be a token that stands in somebody's chat.
  if (hash === claimHash || record.secrets.some((secret) => secret.hash === hash))
    return no({ code: "claim_hash_used" });
  const change = {
    secrets: secretsAfter(record, claim, hash, now),
    claim: { ...claim, used: { at: now, country, hash } },
  };
  const version = Math.max(now, record.version + 1);
  const holderActedAt = Math.max(now, (record.holderActedAt ?? 0) + 1);
  return { ok: true, isNew: true, record: { ...record, ...change, version, updatedAt: now, holderActedAt } };
}

/** What the owner is told of a claim: when and from which country, and nothing else of who it was. */
export const noticeOfClaim = ({ id, label, version }: TokenRecord, { country }: ClaimAct, now: number): Notice => ({
  id: `${id}:claim:${version}`,
  at: now,
  type: "token.claimed",
  token: { id, label },
  country,
});
