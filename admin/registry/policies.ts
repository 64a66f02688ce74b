import { newTokenId } from "../../shared/token.ts";
import { addAudit } from "./audit.ts";
import { followersOf } from "./followers.ts";
import { following, moveTokens } from "./following.ts";
import { type NamedPolicy, POLICIES_KEY, type PolicyBook } from "./policy-book.ts";
import { readPolicies } from "./policy-views.ts";
import { changedFacts } from "./policy-words.ts";
import type { AuditAction, AuditChanges } from "./reports.ts";
import { putSettings } from "./settings.ts";
import type { Actor, Outcome, PolicyInput, PolicyPatch, Refusal } from "./types.ts";

// Named policies. Each function that changes something is one action of the owner and runs inside one transaction: the
// policies, the records of all tokens that follow, the audit line and the outbox rows are written together or not at all.

/** How many policies there may be. */
export const MAX_POLICIES = 100;
/** How long all of them may be together, in characters of JSON: a row of the database holds 2 MB. */
const MAX_LENGTH = 1_000_000;

const refuse = (kind: Refusal["kind"], field: Refusal["field"], message: string): { ok: false; refusal: Refusal } => ({
  ok: false,
  refusal: { kind, field, message },
});
const MISSING = refuse("missing", null, "There is no policy of that id.");
const NAME_TAKEN = refuse("taken", "name", "Another policy has this name. Choose another one.");
const TOO_MANY = refuse("full", null, `There are ${MAX_POLICIES} policies already. Delete one that nobody follows.`);
const TOO_LONG = refuse("full", null, "All policies together are too long. Shorten the lists in this one.");

function write(
  sql: SqlStorage,
  book: PolicyBook,
  { action, changes }: { action: AuditAction; changes: AuditChanges },
  actor: Actor,
  now: number,
): void {
  putSettings(sql, POLICIES_KEY, book, now);
  addAudit(sql, actor, action, null, changes, now);
}

const withName = (before: string | null, after: string | null): AuditChanges => ({ policy: { before, after } });
const nameTaken = ({ policies }: PolicyBook, name: string, exceptId: string | null): boolean =>
  policies.some((one) => one.id !== exceptId && one.name.toLowerCase() === name.toLowerCase());
const isTooLong = (book: PolicyBook): boolean => JSON.stringify(book).length > MAX_LENGTH;

/** Creates a policy. Refused as `taken` or `full`. */
export function createPolicy(sql: SqlStorage, input: PolicyInput, actor: Actor, now: number): Outcome<string> {
  const book = readPolicies(sql);
  if (nameTaken(book, input.name, null)) return NAME_TAKEN;
  if (book.policies.length >= MAX_POLICIES) return TOO_MANY;
  const policy: NamedPolicy = { ...input.rules, id: newTokenId(), name: input.name, createdAt: now, updatedAt: now };
  const after = { ...book, policies: [...book.policies, policy] };
  if (isTooLong(after)) return TOO_LONG;
  const changes = { ...withName(null, policy.name), ...changedFacts(null, policy) };
  write(sql, after, { action: "policy.create", changes }, actor, now);
  return { ok: true, value: policy.id };
}

/**
 * Edits a policy, and with it all tokens that follow it. Refused as `missing`, `taken` or `full`. What changes nothing makes
 * no version and no audit line.
 */
export function updatePolicy(
  sql: SqlStorage,
  id: string,
  patch: PolicyPatch,
  actor: Actor,
  now: number,
): Outcome<string> {
  const book = readPolicies(sql);
  const before = book.policies.find((one) => one.id === id);
  if (before === undefined) return MISSING;
  const { name = before.name } = patch;
  if (nameTaken(book, name, id)) return NAME_TAKEN;
  const after: NamedPolicy = { ...before, ...patch.rules, name, updatedAt: now };
  const facts = changedFacts(before, after);
  if (name === before.name && Object.keys(facts).length === 0) return { ok: true, value: id };
  const changed = { ...book, policies: book.policies.map((one) => (one.id === id ? after : one)) };
  if (isTooLong(changed)) return TOO_LONG;
  const tokenIds = followersOf(sql, id);
  moveTokens(sql, tokenIds, () => following(after), now);
  const named = withName(name === before.name ? null : before.name, name);
  const changes = { ...named, ...facts, tokens: { before: null, after: tokenIds.length } };
  write(sql, changed, { action: "policy.update", changes }, actor, now);
  return { ok: true, value: id };
}

function inUse(tokens: number, isDefault: boolean): Outcome<never> {
  const reasons = [];
  if (tokens > 0) reasons.push(tokens === 1 ? "a token follows it" : `${tokens} tokens follow it`);
  if (isDefault) reasons.push("it is the default of new tokens");
  const message = `The policy can't go: ${reasons.join(", and ")}. With "detach": true such tokens keep its rules as their own.`;
  return refuse("used", null, message);
}

/**
 * Deletes a policy. Refused as `missing`; as `used` where tokens follow it or new ones would.
 *
 * @param detach delete it all the same: its tokens keep its rules as their own, and it is no default any more
 */
export function deletePolicy(sql: SqlStorage, id: string, detach: boolean, actor: Actor, now: number): Outcome<null> {
  const book = readPolicies(sql);
  const policy = book.policies.find((one) => one.id === id);
  if (policy === undefined) return MISSING;
  const tokenIds = followersOf(sql, id);
  const isDefault = book.defaultId === id;
  if (!detach && (tokenIds.length > 0 || isDefault)) return inUse(tokenIds.length, isDefault);
  moveTokens(sql, tokenIds, () => ({ policy: null }), now);
  const policies = book.policies.filter((one) => one.id !== id);
  const after = { ...book, policies, defaultId: isDefault ? null : book.defaultId };
  const changes = { ...withName(policy.name, null), tokens: { before: tokenIds.length, after: 0 } };
  write(sql, after, { action: "policy.delete", changes }, actor, now);
  return { ok: true, value: null };
}

/**
 * Says what new tokens follow where nothing else is said. Refused as `missing`.
 *
 * @param id null: nothing
 */
export function setDefaultPolicy(sql: SqlStorage, id: string | null, actor: Actor, now: number): Outcome<null> {
  const book = readPolicies(sql);
  const nameOf = (policyId: string | null): string | null =>
    book.policies.find((one) => one.id === policyId)?.name ?? null;
  if (id !== null && nameOf(id) === null) return MISSING;
  if (id === book.defaultId) return { ok: true, value: null };
  const changes = { policy: { before: nameOf(book.defaultId), after: nameOf(id) } };
  write(sql, { ...book, defaultId: id }, { action: "policy.default", changes }, actor, now);
  return { ok: true, value: null };
}
