import type { PolicyName } from "../../shared/record.ts";
import { countFollowers } from "./followers.ts";
import { checkPolicies, type NamedPolicy, NO_POLICIES, POLICIES_KEY, type PolicyBook } from "./policy-book.ts";
import { readSettings, settingPending } from "./settings.ts";
import type { PoliciesView, PolicyView } from "./types.ts";

/** All policies as they are kept. */
export const readPolicies = (sql: SqlStorage): PolicyBook =>
  checkPolicies(readSettings(sql, POLICIES_KEY)) ?? NO_POLICIES;

/** Finds a policy; null where there is none of that id. */
export const findPolicy = (sql: SqlStorage, id: string): NamedPolicy | null =>
  readPolicies(sql).policies.find((policy) => policy.id === id) ?? null;

/** All policies as the owner sees them, by name. */
export function viewPolicies(sql: SqlStorage): PoliciesView {
  const { policies, defaultId } = readPolicies(sql);
  const followersOf = countFollowers(sql);
  const views = policies.map((policy): PolicyView => {
    return { ...policy, isDefault: policy.id === defaultId, ...followersOf(policy.id) };
  });
  return {
    policies: views.toSorted((one, other) => one.name.localeCompare(other.name)),
    pending: settingPending(sql, POLICIES_KEY),
  };
}

/** The names of all policies, by name. */
export const policyNames = (sql: SqlStorage): PolicyName[] =>
  readPolicies(sql)
    .policies.map(({ id, name }) => ({ id, name }))
    .toSorted((one, other) => one.name.localeCompare(other.name));

/** One policy as the owner sees it; null where there is none of that id. */
export const viewPolicy = (sql: SqlStorage, id: string): PolicyView | null =>
  viewPolicies(sql).policies.find((policy) => policy.id === id) ?? null;
