import type { TokenClaim, TokenRecord } from "../../shared/record.ts";
import type { ClaimInput, ClaimView } from "./types.ts";

/** A link that was just made. @param hash SHA-256 of its secret, hex */
export function newClaim(hash: string, { expiresInSeconds, graceSeconds = 0 }: ClaimInput, now: number): TokenClaim {
  const expiresAt = now + expiresInSeconds * 1000;
  return { hash, madeAt: now, expiresAt, graceSeconds, withdrawnAt: null, used: null };
}

/** The link as the owner may see it, with its receipt and without a hash; null: there was none. */
export function claimView({ claim, expiresAt: tokenEndsAt }: TokenRecord, now: number): ClaimView | null {
  if (claim === null) return null;
  const { used, withdrawnAt } = claim;
  // The guard looks at both as well.
  const expiresAt = Math.min(claim.expiresAt, tokenEndsAt ?? Infinity);
  const unused = withdrawnAt !== null ? "withdrawn" : now >= expiresAt ? "expired" : "open";
  const state = used !== null ? "used" : unused;
  return { state, expiresAt, usedAt: used?.at ?? null, country: used?.country ?? null };
}

/** Tells whether somebody may have used a link without the registry's knowing. */
export const mayBeUsed = ({ claim }: TokenRecord): boolean =>
  claim !== null && claim.used === null && claim.withdrawnAt === null;

/** The change of a record by which its link is taken back; nothing where there is none to take back. */
export function takenBack(record: TokenRecord, now: number): Partial<TokenRecord> {
  const { claim } = record;
  return claim !== null && mayBeUsed(record) ? { claim: { ...claim, withdrawnAt: now } } : {};
}
