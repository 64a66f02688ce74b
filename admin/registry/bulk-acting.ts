import type { TokenRecord } from "../../shared/record.ts";
import { deleteToken, updateToken } from "./actions.ts";
import type { BulkAction } from "./bulk-types.ts";
import { findToken } from "./tokens.ts";
import type { Actor, TokenPatch } from "./types.ts";

// What an action on many tokens does to one of them.

const DAY = 24 * 60 * 60 * 1000;

/** What became of one token. */
export type Acted = { kind: "done" } | { kind: "skipped" | "failed"; reason: string };

const skip = (reason: string): Acted => ({ kind: "skipped", reason });

function extension(
  { expiresAt }: TokenRecord,
  action: Extract<BulkAction, { kind: "extendTo" | "extendBy" }>,
  now: number,
): TokenPatch | Acted {
  if (expiresAt === null) return skip("It never expires.");
  if (action.kind === "extendTo") {
    return action.at !== null && action.at <= expiresAt
      ? skip("It ends as late or later already.")
      : { expiresAt: action.at };
  }
  const after = expiresAt + action.days * DAY;
  return after <= now ? skip("It ended too long ago: it would be over all the same.") : { expiresAt: after };
}

/** The edit that an action is for one token, or why there is nothing to do. */
function patchFor(
  record: TokenRecord,
  action: Exclude<BulkAction, { kind: "delete" }>,
  now: number,
): TokenPatch | Acted {
  switch (action.kind) {
    case "disable":
      return record.state === "disabled" ? skip("It is disabled already.") : { state: "disabled" };
    case "enable":
      return record.state === "active" ? skip("It isn't disabled.") : { state: "active" };
    case "policy":
      if ((record.policy?.id ?? null) !== action.policy) return { policy: action.policy };
      return skip(action.policy === null ? "It follows no policy." : "It follows this policy already.");
    case "extendTo":
    case "extendBy":
      return extension(record, action, now);
  }
}

const isActed = (found: TokenPatch | Acted): found is Acted => "kind" in found;

/**
 * Does an action to one token: its row, its audit line and its way to the gateway and to KV, with a version of its own. Run it
 * in a transaction.
 *
 * @param bulkId stands in the audit line
 * @param now ms since 1970
 */
export function actOn(
  sql: SqlStorage,
  id: string,
  action: BulkAction,
  { actor, bulkId }: { actor: Actor; bulkId: string },
  now: number,
): Acted {
  const record = findToken(sql, id);
  if (record === null) return { kind: "failed", reason: "There is no token of that id." };
  if (record.state === "deleted") return skip("It is deleted.");
  const patch = action.kind === "delete" ? null : patchFor(record, action, now);
  if (patch !== null && isActed(patch)) return patch;
  const outcome =
    patch === null ? deleteToken(sql, id, actor, now, bulkId) : updateToken(sql, id, patch, actor, now, bulkId);
  return outcome.ok ? { kind: "done" } : { kind: "failed", reason: outcome.refusal.message };
}
