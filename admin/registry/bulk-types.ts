import type { TokenMatch } from "./types.ts";

/** What is done to many tokens. */
export type BulkAction =
  | { kind: "disable" }
  | { kind: "enable" }
  | { kind: "delete" }
  /** To a time, ms since 1970; null: they never expire. A token that ends later already is left alone. */
  | { kind: "extendTo"; at: number | null }
  /** From where each of them ends now. */
  | { kind: "extendBy"; days: number }
  /** Id of the named policy to follow; null: none, they keep its rules as their own. */
  | { kind: "policy"; policy: string | null };

/** Which tokens it is done to. */
export type BulkChoice = { ids: readonly string[] } | { filter: TokenMatch };

/** An action on many tokens. Checked by `bulkInput` in `admin/api/bulk-schemas.ts`. */
export interface BulkInput {
  action: BulkAction;
  choice: BulkChoice;
  /** How many tokens the owner was told that it is about; null: whatever number it is. */
  expect: number | null;
}

/** What an action on many tokens would be about. */
export interface BulkPreview {
  total: number;
  /** Labels of the first of them. */
  labels: string[];
}

/** How far an action on many tokens has come. A large one goes on by alarm after the answer. */
export interface BulkReport {
  id: string;
  action: BulkAction;
  /** Name of the policy to follow, as it was called then; null: none. */
  policyName: string | null;
  total: number;
  done: number;
  /** Left as they were, as there was nothing to do. */
  skipped: number;
  failed: number;
  /** Not come to, as the owner stopped it. */
  stopped: number;
  /** Why tokens were skipped or failed, and how many of them. */
  reasons: Record<string, number>;
  /** ms since 1970. */
  startedAt: number;
  /** ms since 1970; null: it is on its way. */
  endedAt: number | null;
}
