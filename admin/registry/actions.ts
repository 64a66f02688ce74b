import type { TokenRecord } from "../../shared/record.ts";
import { newTokenId } from "../../shared/token.ts";
import { addAudit } from "./audit.ts";
import { claimView, mayBeUsed, takenBack } from "./claims.ts";
import { chosenForEdit, chosenForNew } from "./choosing.ts";
import { enqueue, HEAD_START } from "./outbox.ts";
import {
  changesBetween,
  liveSecrets,
  MAX_SECRETS,
  newRecord,
  nextRecord,
  patchedRecord,
  rotatedRecord,
} from "./records.ts";
import type { NewSecret } from "./records.ts";
import { findToken, labelTaken, saveToken, secretUsed } from "./tokens.ts";
import type { AuditAction, AuditChanges } from "./reports.ts";
import type { Actor, Outcome, Refusal, Rotation, TokenInput, TokenPatch } from "./types.ts";

// Each function of this file is one action of the owner and runs inside one transaction: the token's row, the audit line
// and the outbox row are written together or not at all.

/** A refusal. */
export const refuse = (
  kind: Refusal["kind"],
  field: Refusal["field"],
  message: string,
): { ok: false; refusal: Refusal } => ({
  ok: false,
  refusal: { kind, field, message },
});
/** There is no such token. */
export const MISSING = refuse("missing", null, "There is no token of that id.");
/** Nothing more can be done to it. */
export const DELETED = refuse("deleted", null, "This token is deleted for good. Create a new one instead.");
const LABEL_TAKEN = refuse(
  "taken",
  "label",
  "Another token has this label. Choose another label, or delete that token.",
);
const SECRET_USED = refuse(
  "taken",
  "secret",
  "This secret is or was in use. Type another one, or leave it out to get one made.",
);
/** No more secrets may open it. */
export const TOO_MANY = refuse(
  "full",
  null,
  `${MAX_SECRETS} secrets open this token already. Rotate without a grace to end the older ones.`,
);

type Audited = { action: AuditAction; changes: AuditChanges };

/** The bulk action that an action on one token is part of; null: the owner asked for this one. */
type Within = string | null;

/** Writes what an action made of a token, with its audit line and its way to the guard and to KV. */
export function write(
  sql: SqlStorage,
  record: TokenRecord,
  { action, changes }: Audited,
  actor: Actor,
  now: number,
  within: Within = null,
): Outcome<TokenRecord> {
  saveToken(sql, record);
  const mark: AuditChanges = within === null ? {} : { bulk: { before: null, after: within } };
  addAudit(sql, actor, action, record, { ...changes, ...mark }, now);
  // No answer waits for one token of many: the alarm may begin with it.
  enqueue(sql, record.id, ["gateway", "kv"], within === null ? now + HEAD_START : now);
  return { ok: true, value: record };
}

const howMade = (typed: boolean): string => (typed ? "typed" : "generated");

/** A token id that was never used. */
export function unusedTokenId(sql: SqlStorage): string {
  let id = newTokenId();
  while (findToken(sql, id) !== null) id = newTokenId();
  return id;
}

/**
 * Creates a token.
 *
 * @param id unused, from `unusedTokenId`
 * @param made its secret; where the input asks for a claim link, the link's: then nothing opens the token yet
 * @returns its record, or why not: the label or the secret is taken, or the policy isn't there
 */
export function createToken(
  sql: SqlStorage,
  id: string,
  input: TokenInput,
  made: NewSecret,
  actor: Actor,
  now: number,
): Outcome<TokenRecord> {
  if (labelTaken(sql, input.label, id)) return LABEL_TAKEN;
  if (secretUsed(sql, made.hash) !== null) return SECRET_USED;
  const chosen = chosenForNew(sql, input);
  if (!chosen.ok) return chosen;
  const record = newRecord(id, input, chosen.value, made, now);
  const { claim } = record;
  const how = claim === null ? howMade(made.typed) : "by whoever uses the claim link";
  const changes = { ...changesBetween(null, record), secret: { before: null, after: how } };
  const outcome = write(sql, record, { action: "token.create", changes }, actor, now);
  if (claim !== null) {
    const claimExpiresAt = { before: null, after: new Date(claim.expiresAt).toISOString() };
    const changes = { claim: { before: null, after: "open" }, claimExpiresAt };
    addAudit(sql, actor, "token.claim.prepare", record, changes, now);
  }
  return outcome;
}

/** Edits a token. An edit that changes nothing makes no new version and no audit line. */
export function updateToken(
  sql: SqlStorage,
  id: string,
  patch: TokenPatch,
  actor: Actor,
  now: number,
  within: Within = null,
): Outcome<TokenRecord> {
  const before = findToken(sql, id);
  if (before === null) return MISSING;
  if (before.state === "deleted") return DELETED;
  if (patch.label !== undefined && labelTaken(sql, patch.label, id)) return LABEL_TAKEN;
  const chosen = chosenForEdit(sql, before, patch);
  if (!chosen.ok) return chosen;
  const after = patchedRecord(before, patch, chosen.value, now);
  const changes = changesBetween(before, after);
  if (Object.keys(changes).length === 0) return { ok: true, value: before };
  return write(sql, after, { action: "token.update", changes }, actor, now, within);
}

/**
 * Gives a token a new secret; see `rotatedRecord` for what becomes of the older ones. An open claim link is taken back: who
 * rotates a token wants to know who has it.
 */
export function rotateToken(
  sql: SqlStorage,
  id: string,
  rotation: Rotation,
  secret: NewSecret,
  actor: Actor,
  now: number,
): Outcome<TokenRecord> {
  const before = findToken(sql, id);
  if (before === null) return MISSING;
  if (before.state === "deleted") return DELETED;
  if (secretUsed(sql, secret.hash) !== null) return SECRET_USED;
  if (rotation.graceSeconds > 0 && liveSecrets(before, now).length >= MAX_SECRETS) return TOO_MANY;
  const after = { ...rotatedRecord(before, rotation, secret, now), ...takenBack(before, now) };
  const changes: AuditChanges = {
    secret: { before: howMade(before.secrets[0]?.typed ?? false), after: howMade(secret.typed) },
    graceSeconds: { before: null, after: rotation.graceSeconds },
  };
  if (mayBeUsed(before)) changes["claim"] = { before: claimView(before, now)?.state ?? null, after: "withdrawn" };
  return write(sql, after, { action: "token.rotate", changes }, actor, now);
}

/** Deletes a token for good. Its row stays, so that its secrets are never issued again. Deleting twice is no error. */
export function deleteToken(
  sql: SqlStorage,
  id: string,
  actor: Actor,
  now: number,
  within: Within = null,
): Outcome<TokenRecord> {
  const before = findToken(sql, id);
  if (before === null) return MISSING;
  if (before.state === "deleted") return { ok: true, value: before };
  const after = nextRecord(before, { state: "deleted" }, now);
  return write(sql, after, { action: "token.delete", changes: changesBetween(before, after) }, actor, now, within);
}
