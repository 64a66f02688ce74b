import { checkPolicy, type Policy } from "../../shared/policy.ts";

/** The KV key of the named policies. The gateway doesn't read it: each token's record repeats its policy. */
export const POLICIES_KEY = "settings:policies";

/** A policy that tokens can follow. */
export interface NamedPolicy extends Policy {
  id: string;
  name: string;
  /** ms since 1970. */
  createdAt: number;
  /** ms since 1970. */
  updatedAt: number;
}

/** All named policies: the value of `POLICIES_KEY`. */
export interface PolicyBook {
  schema: 1;
  policies: NamedPolicy[];
  /** The policy that new tokens follow where nothing is said; null: none. */
  defaultId: string | null;
}

/** The book of an owner who never made a policy. */
export const NO_POLICIES: PolicyBook = { schema: 1, policies: [], defaultId: null };

type Fields<T> = Partial<Record<keyof T, unknown>>;

function checkNamed(value: unknown): NamedPolicy | null {
  const policy = checkPolicy(value);
  if (policy === null) return null;
  const { id, name, createdAt, updatedAt } = value as Fields<NamedPolicy>;
  const fine =
    typeof id === "string" && typeof name === "string" && Number.isFinite(createdAt) && Number.isFinite(updatedAt);
  return fine ? ({ id, name, createdAt, updatedAt, ...policy } as NamedPolicy) : null;
}

/**
 * Reads named policies out of what may hold them.
 *
 * @param value parsed JSON
 * @returns null where anything is off
 */
export function checkPolicies(value: unknown): PolicyBook | null {
  if (typeof value !== "object" || value === null) return null;
  const { schema, policies, defaultId }: Fields<PolicyBook> = value;
  if (schema !== 1 || !Array.isArray(policies) || !(defaultId === null || typeof defaultId === "string")) return null;
  const named = policies.map(checkNamed);
  if (named.includes(null)) return null;
  return { schema, policies: named.filter((one) => one !== null), defaultId };
}
