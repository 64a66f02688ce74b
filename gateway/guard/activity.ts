import { isLimited } from "../../shared/policy.ts";
import type { TokenRecord } from "../../shared/record.ts";
import type { TokenActivity } from "../../shared/usage.ts";
import { nothingUsed, standingOfLimits } from "./limits.ts";
import type { Memory } from "./memory.ts";

/**
 * How a token's limits stand, and when it was used.
 *
 * @param record the newest; null: its guard was told of none
 * @param memory null: nothing of its use was ever written
 * @param waiting requests in the queue
 * @param now ms since 1970
 */
export function activityOf(
  record: TokenRecord | null,
  memory: Memory | null,
  waiting: number,
  now: number,
): TokenActivity {
  const { firstUsedAt = null, lastUsedAt = null } = memory?.tally ?? {};
  if (record === null || record.limits === null || !isLimited(record)) {
    return { standing: null, firstUsedAt, lastUsedAt };
  }
  const use = memory ?? nothingUsed();
  use.waiting = waiting;
  return { standing: standingOfLimits(record.limits, use, now), firstUsedAt, lastUsedAt };
}
