import type { TokenRecord } from "../../shared/record.ts";

// Which token follows which named policy: what the tokens' records say, to be found without reading them all.

/** Notes what a token follows. A deleted one follows nothing any more. Call it whenever a token is saved. */
export function noteFollower(sql: SqlStorage, { id, state, policy }: TokenRecord): void {
  if (policy === null || state === "deleted") {
    sql.exec("DELETE FROM followers WHERE token_id = ?", id);
    return;
  }
  sql.exec(
    `INSERT INTO followers (token_id, policy_id) VALUES (?, ?)
     ON CONFLICT (token_id) DO UPDATE SET policy_id = excluded.policy_id WHERE policy_id <> excluded.policy_id`,
    id,
    policy.id,
  );
}

/** The ids of the tokens that follow a policy. */
export const followersOf = (sql: SqlStorage, policyId: string): string[] =>
  sql
    .exec<{ id: string }>("SELECT token_id AS id FROM followers WHERE policy_id = ?", policyId)
    .toArray()
    .map(({ id }) => id);

/** The policies that are followed, whether they are there or not. */
export const followedPolicies = (sql: SqlStorage): string[] =>
  sql
    .exec<{ id: string }>("SELECT DISTINCT policy_id AS id FROM followers")
    .toArray()
    .map(({ id }) => id);

/** Of so many tokens that aren't published it is looked up what they follow. */
const MOST_PENDING = 1_000;

/** How many tokens follow a policy. */
export interface Followers {
  tokens: number;
  /** Of how many of them the newest record isn't confirmed yet; where it isn't exact, there may be more. */
  pending: number;
  pendingIsExact: boolean;
}

/** How many tokens follow a policy, by its id. */
export function countFollowers(sql: SqlStorage): (policyId: string) => Followers {
  const query = "SELECT policy_id AS id, tokens FROM policy_counts WHERE tokens > 0";
  const tokens = new Map(
    sql
      .exec<{ id: string; tokens: number }>(query)
      .toArray()
      .map(({ id, tokens }) => [id, tokens]),
  );
  const counted = sql.exec<{ id: string | null; pending: number }>(
    `SELECT policy_id AS id, count(*) AS pending FROM (SELECT token_id FROM outbox LIMIT ?) AS waiting
     LEFT JOIN followers ON followers.token_id = waiting.token_id GROUP BY policy_id`,
    MOST_PENDING,
  );
  const pending = new Map(counted.toArray().map(({ id, pending }) => [id, pending]));
  const looked = [...pending.values()].reduce((sum, count) => sum + count, 0);
  const pendingIsExact = looked < MOST_PENDING;
  return (id) => ({ tokens: tokens.get(id) ?? 0, pending: pending.get(id) ?? 0, pendingIsExact });
}
