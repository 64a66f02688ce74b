import { OPEN_POLICY } from "../../shared/policy.ts";
import type { TokenRecord } from "../../shared/record.ts";
import { type Chosen, following } from "./following.ts";
import { findPolicy, readPolicies } from "./policy-views.ts";
import type { Outcome, PolicyChoice } from "./types.ts";

const UNKNOWN: Outcome<never> = {
  ok: false,
  refusal: {
    kind: "unknown",
    field: "policy",
    message: "There is no policy of that id. It may have been deleted.",
  },
};

function named(sql: SqlStorage, id: string): Outcome<Chosen> {
  const policy = findPolicy(sql, id);
  return policy === null ? UNKNOWN : { ok: true, value: following(policy) };
}

const isEmpty = (rules: PolicyChoice["rules"]): boolean => rules === undefined || Object.keys(rules).length === 0;

/** What a new token may be used for: the policy that was named, the rules that were, or the default. Refused as `unknown`. */
export function chosenForNew(sql: SqlStorage, { policy, rules }: PolicyChoice): Outcome<Chosen> {
  if (typeof policy === "string") return named(sql, policy);
  const { defaultId } = readPolicies(sql);
  if (policy === undefined && isEmpty(rules) && defaultId !== null) return named(sql, defaultId);
  return { ok: true, value: { ...OPEN_POLICY, ...rules, policy: null } };
}

/**
 * What an edit makes of it. Refused as `unknown`; as `follows` where rules of a token are named that follows a policy.
 *
 * @returns the fields that change
 */
export function chosenForEdit(
  sql: SqlStorage,
  before: TokenRecord,
  { policy, rules }: PolicyChoice,
): Outcome<Partial<Chosen>> {
  if (typeof policy === "string") return named(sql, policy);
  if (policy === null) return { ok: true, value: { ...rules, policy: null } };
  if (before.policy === null || isEmpty(rules)) return { ok: true, value: { ...rules } };
  const field = Object.keys(rules ?? {})[0] ?? null;
  const message = `This token follows the policy “${before.policy.name}”. Edit that policy, or send "policy": null too: then the token keeps its rules as its own, and can have others.`;
  return { ok: false, refusal: { kind: "follows", field, message } };
}
