import { POLICY_FIELDS, type Policy } from "../../shared/policy.ts";
import type { TokenRecord, TokenSecret } from "../../shared/record.ts";
import { newClaim } from "./claims.ts";
import { changedFacts } from "./policy-words.ts";
import type { AuditChanges, AuditValue } from "./reports.ts";
import type { Rotation, TokenInput, TokenPatch, TokenStatus } from "./types.ts";

/** A secret that was just made or typed, as the record keeps it. */
export type NewSecret = Pick<TokenSecret, "hash" | "typed">;

/** How many secrets may open one token at once: the newest and nine that are in their grace. */
export const MAX_SECRETS = 10;

const stillOpens = (secret: TokenSecret, now: number): boolean => secret.endsAt === null || now < secret.endsAt;

/** The secrets that open a token now, newest first; of a deleted one: none. */
export function liveSecrets(record: TokenRecord, now: number): TokenSecret[] {
  return record.state === "deleted" ? [] : record.secrets.filter((secret) => stillOpens(secret, now));
}

/** How a token stands at `now` (ms since 1970). */
export function statusOf(record: TokenRecord, now: number): TokenStatus {
  if (record.state !== "active") return record.state;
  return record.expiresAt !== null && now >= record.expiresAt ? "expired" : "active";
}

/** A record's policy, without anything else of it. */
export const policyOf = (record: Policy): Policy =>
  Object.fromEntries(POLICY_FIELDS.map((field) => [field, record[field]])) as unknown as Policy;

/**
 * A new token's record.
 *
 * @param chosen what it may be used for
 * @param made its secret, or that of its claim link where the input asks for one
 */
export function newRecord(
  id: string,
  input: TokenInput,
  chosen: Policy & Pick<TokenRecord, "policy">,
  made: NewSecret,
  now: number,
): TokenRecord {
  const { label, note, providers, expiresAt } = input;
  const claim = input.claim ? newClaim(made.hash, input.claim, now) : null;
  const secrets = claim === null ? [{ ...made, endsAt: null }] : [];
  const times = { expiresAt, createdAt: now, updatedAt: now };
  const policy = { ...policyOf(chosen), policy: chosen.policy, holderActedAt: null, claim };
  return { schema: 2, id, version: now, label, note, state: "active", providers, secrets, ...policy, ...times };
}

/**
 * The next version of a record: newer than the one before even where the clock went back or stood still.
 *
 * @param changes what the owner said
 */
export function nextRecord(record: TokenRecord, changes: Partial<TokenRecord>, now: number): TokenRecord {
  const version = Math.max(now, record.version + 1);
  const secrets = record.secrets.filter((secret) => stillOpens(secret, now));
  return { ...record, secrets, ...changes, version, updatedAt: now };
}

/**
 * Applies the owner's edit. Fields that the patch doesn't name stay.
 *
 * @param chosen what the edit makes of the policy
 */
export function patchedRecord(
  record: TokenRecord,
  patch: TokenPatch,
  chosen: Partial<TokenRecord>,
  now: number,
): TokenRecord {
  const { label, note, providers, expiresAt, state } = patch;
  const changes: Partial<TokenRecord> = { ...chosen };
  if (label !== undefined) changes.label = label;
  if (note !== undefined) changes.note = note;
  if (providers !== undefined) changes.providers = providers;
  if (expiresAt !== undefined) changes.expiresAt = expiresAt;
  if (state !== undefined) changes.state = state;
  return nextRecord(record, changes, now);
}

/**
 * Gives a token a new secret. The older ones end with the grace, or sooner where an earlier rotation said so: without a
 * grace nothing but the new secret opens the token.
 */
export function rotatedRecord(record: TokenRecord, rotation: Rotation, secret: NewSecret, now: number): TokenRecord {
  const graceEnds = now + rotation.graceSeconds * 1000;
  const older = liveSecrets(record, now)
    .map((one) => ({ ...one, endsAt: Math.min(one.endsAt ?? graceEnds, graceEnds) }))
    .filter((one) => stillOpens(one, now));
  return nextRecord(record, { secrets: [{ ...secret, endsAt: null }, ...older] }, now);
}

const AUDITED = ["label", "note", "state", "providers", "expiresAt"] as const;

/**
 * What an action changed, for the audit log: the owner's words only. Secrets and hashes aren't among the fields.
 *
 * @param before null for a new token
 */
export function changesBetween(before: TokenRecord | null, after: TokenRecord): AuditChanges {
  const changes: AuditChanges = {};
  for (const field of AUDITED) {
    const was: AuditValue = before?.[field] ?? null;
    const is: AuditValue = after[field];
    if (JSON.stringify(was) !== JSON.stringify(is)) changes[field] = { before: was, after: is };
  }
  const [was, is] = [before?.policy?.name ?? null, after.policy?.name ?? null];
  if (before?.policy?.id !== after.policy?.id) changes["policy"] = { before: was, after: is };
  return { ...changes, ...changedFacts(before, after) };
}
