import type { Limits } from "../../shared/policy.ts";
import type { TokenRecord } from "../../shared/record.ts";
import type { EventToken } from "../../shared/webhooks.ts";

/** What the newest record says of limits, and whose they are. */
export interface Rules {
  token: EventToken;
  /** Null: there are none. */
  limits: Limits | null;
}

/** Rules of a token that has limits. */
export type LimitRules = Rules & { limits: Limits };

/**
 * The rules that a record lays down.
 *
 * @param record null: the guard was told of none, and only what tokens without limits use can come to it
 * @param id token id
 */
export const rulesOf = (record: TokenRecord | null, id: string): Rules => ({
  token: { id, label: record?.label ?? "" },
  limits: record?.limits ?? null,
});

/** Tells whether there are limits. */
export const hasLimits = (rules: Rules): rules is LimitRules => rules.limits !== null;
