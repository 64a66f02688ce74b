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

/** How many tokens follow each policy, and of how many the newest record isn't confirmed yet. */
export function countFollowers(sql: SqlStorage): Map<string, { tokens: number; pending: number }> {
  const rows = sql.exec<{ id: string; tokens: number; pending: number }>(
    `SELECT policy_id AS id, count(*) AS tokens, count(outbox.token_id) AS pending
     FROM followers LEFT JOIN outbox ON outbox.token_id = followers.token_id GROUP BY policy_id`,
  );
  return new Map(rows.toArray().map(({ id, tokens, pending }) => [id, { tokens, pending }]));
}
