import type { Policy } from "../../shared/policy.ts";
import type { TokenRecord } from "../../shared/record.ts";
import { addAudit, NOBODY } from "./audit.ts";
import { followedPolicies, followersOf } from "./followers.ts";
import { enqueue } from "./outbox.ts";
import type { NamedPolicy } from "./policy-book.ts";
import { findPolicy } from "./policy-views.ts";
import { changedFacts } from "./policy-words.ts";
import { nextRecord, policyOf } from "./records.ts";
import { findToken, replaceToken } from "./tokens.ts";

/** The part of a record that says what a token may be used for. */
export type Chosen = Policy & Pick<TokenRecord, "policy">;

/** Gives tokens another policy, with a new version and an outbox row each. */
export function moveTokens(
  sql: SqlStorage,
  tokenIds: readonly string[],
  change: (record: TokenRecord) => Partial<TokenRecord>,
  now: number,
): void {
  for (const id of tokenIds) {
    const before = findToken(sql, id);
    if (before === null) continue;
    replaceToken(sql, nextRecord(before, change(before), now));
    // Due at once: what the owner's answer can't wait for, the alarm does right behind it.
    enqueue(sql, id, ["gateway", "kv"], now);
  }
}

/** What the record of a token that follows a policy repeats of it. */
export const following = (policy: NamedPolicy): Chosen => ({
  ...policyOf(policy),
  policy: { id: policy.id, name: policy.name },
});

const sameRules = (one: Policy, other: Policy): boolean => Object.keys(changedFacts(one, other)).length === 0;

/**
 * Brings tokens and policies together that came out of KV each by themselves: a token whose policy isn't there keeps its
 * rules as its own, and one that repeats an older state of its policy gets the newer one.
 */
export function reconcileFollowers(sql: SqlStorage, now: number): void {
  for (const policyId of followedPolicies(sql)) {
    const policy = findPolicy(sql, policyId);
    const stray = followersOf(sql, policyId).filter((id) => {
      const token = findToken(sql, id);
      return token !== null && (policy === null || token.policy?.name !== policy.name || !sameRules(token, policy));
    });
    if (stray.length === 0) continue;
    moveTokens(sql, stray, () => (policy === null ? { policy: null } : following(policy)), now);
    const changes = {
      policy: { before: null, after: policy?.name ?? null },
      tokens: { before: null, after: stray.length },
    };
    addAudit(sql, NOBODY, "policy.reconcile", null, changes, now);
  }
}
