import type { ClaimUse, TokenClaim, TokenRecord } from "../../shared/record.ts";

/** What became of a claim link. */
interface MergedClaim {
  claim: TokenClaim | null;
  /** A use that the registry didn't know of; null: there is none. */
  news: ClaimUse | null;
  /** Whether the owner had taken the link back, or made another, before it was used: then that counts for nothing. */
  isVoid: boolean;
}

/**
 * The claim link after both acted. A use counts if it came before the owner's word; else whoever has a link that was taken
 * back could use it for as long as the guard hasn't heard of that. Pure.
 *
 * @param known the registry's record
 * @param held the guard's
 * @param isKnown whether the secret that the guard's link was used for is known to be the token's
 */
export function mergedClaim(known: TokenRecord, held: TokenRecord, isKnown: boolean): MergedClaim {
  const [ours, theirs] = [known.claim, held.claim];
  const use = theirs?.used ?? null;
  if (theirs === null || use === null || ours === null)
    return { claim: ours ?? theirs, news: isKnown ? null : use, isVoid: false };
  const isSame = ours.hash === theirs.hash;
  if (isSame ? ours.used !== null : isKnown) return { claim: ours, news: null, isVoid: false };
  const shutAt = isSame ? ours.withdrawnAt : ours.madeAt;
  const isVoid = shutAt !== null && shutAt <= use.at;
  return { claim: isSame && !isVoid ? { ...theirs, withdrawnAt: null } : ours, news: use, isVoid };
}
