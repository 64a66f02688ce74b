import type { TokenRecord } from "../../shared/record.ts";
import { DELETED, MISSING, refuse, TOO_MANY, write } from "./actions.ts";
import { claimView, mayBeUsed, newClaim, takenBack } from "./claims.ts";
import { liveSecrets, MAX_SECRETS, nextRecord, statusOf } from "./records.ts";
import { findToken } from "./tokens.ts";
import type { Actor, ClaimInput, Outcome } from "./types.ts";

// What the owner does to claim links. Each function is one action and runs inside one transaction, as those of `actions.ts`.

const NO_LINK = refuse("missing", null, "This token has no claim link.");
const SHUT: Partial<Record<ReturnType<typeof statusOf>, ReturnType<typeof refuse>>> = {
  deleted: DELETED,
  disabled: refuse("closed", null, "This token is disabled, so its link wouldn't work. Enable it first."),
  expired: refuse("closed", null, "This token has expired, so its link wouldn't work. Extend it first."),
};

/** The refusal to take back a link that was used. */
export const LINK_USED = refuse(
  "closed",
  null,
  "The link was used already. To end what was made with it, rotate, disable or delete the token.",
);

/**
 * Makes a claim link of a token. The one that there was dies, and what opens the token now goes on until the new one is used.
 *
 * @param hash SHA-256 of the link's secret, hex
 */
export function prepareClaim(
  sql: SqlStorage,
  id: string,
  input: ClaimInput,
  hash: string,
  actor: Actor,
  now: number,
): Outcome<TokenRecord> {
  const before = findToken(sql, id);
  if (before === null) return MISSING;
  const shut = SHUT[statusOf(before, now)];
  if (shut !== undefined) return shut;
  if ((input.graceSeconds ?? 0) > 0 && liveSecrets(before, now).length >= MAX_SECRETS) return TOO_MANY;
  const claim = newClaim(hash, input, now);
  const after = nextRecord(before, { claim }, now);
  const changes = {
    claim: { before: claimView(before, now)?.state ?? null, after: "open" },
    claimExpiresAt: { before: null, after: new Date(claim.expiresAt).toISOString() },
    graceSeconds: { before: null, after: claim.graceSeconds },
  };
  return write(sql, after, { action: "token.claim.prepare", changes }, actor, now);
}

/** Takes a link back. One that was taken back before, or has expired, is no error; one that was used is refused as `closed`. */
export function withdrawClaim(sql: SqlStorage, id: string, actor: Actor, now: number): Outcome<TokenRecord> {
  const before = findToken(sql, id);
  if (before === null) return MISSING;
  if (before.claim === null) return NO_LINK;
  if (before.claim.used !== null) return LINK_USED;
  if (!mayBeUsed(before)) return { ok: true, value: before };
  const changes = { claim: { before: claimView(before, now)?.state ?? null, after: "withdrawn" } };
  const after = nextRecord(before, takenBack(before, now), now);
  return write(sql, after, { action: "token.claim.withdraw", changes }, actor, now);
}
