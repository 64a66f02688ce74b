import { hashToken } from "../../shared/hash.ts";
import type { TokenRecord } from "../../shared/record.ts";
import { generateToken } from "../../shared/token.ts";
import { guardName } from "../guard/guard.ts";
import { log } from "../log.ts";
import { learn } from "../lookup.ts";
import type { HolderAct } from "../permits.ts";
import { Refused } from "../refusals.ts";
import type { Holder } from "./holder.ts";
import type { Visit } from "./visit.ts";

/** The longest grace, in seconds: a day. */
export const LONGEST_GRACE = 86_400;

/** A token that was given a new secret. */
export interface Rotated {
  token: string;
  /** In this one answer, and nowhere else. */
  secret: string;
  /** When the secret that was shown stops working, RFC 3339; null: it has already. */
  oldSecretEndsAt: string | null;
}

/** Without a deadline: a new secret must not get lost because its guard took long. */
async function act(act: HolderAct, { record }: Holder, visit: Visit, hashes: readonly string[]): Promise<TokenRecord> {
  const guard = visit.bindings.guards.getByName(guardName(record.id));
  const answer = await guard.act(act).catch((error: unknown) => {
    log("warn", "guard_failed", { reason: String(error) });
    throw new Refused({ code: "token_check_unavailable" });
  });
  if (!answer.ok) throw new Refused({ ...answer.refusal }, record.id);
  // A copy: an RPC result that is kept would keep the guard's call open.
  const changed = structuredClone(answer.record);
  learn(changed, hashes, visit.now);
  return changed;
}

/**
 * Gives a token a new secret, where its owner lets its holder do that.
 *
 * @param graceSeconds how long the secret that was shown goes on working
 * @throws Refused `holder_may_not`, `unknown_token`, `expired_token`, `token_check_unavailable`
 */
export async function rotate(holder: Holder, graceSeconds: number, visit: Visit): Promise<Rotated> {
  const secret = generateToken(holder.record.id);
  const hash = await hashToken(secret);
  const shown = holder.hash;
  const record = await act({ action: "rotate", shown, hash, graceSeconds }, holder, visit, [shown, hash]);
  const endsAt = record.secrets.find((one) => one.hash === shown)?.endsAt ?? null;
  const lives = endsAt !== null && endsAt > visit.now;
  return { token: record.id, secret, oldSecretEndsAt: lives ? new Date(endsAt).toISOString() : null };
}

/**
 * Ends a token, where its owner lets its holder do that.
 *
 * @throws as `rotate`
 */
export async function revoke(holder: Holder, visit: Visit): Promise<void> {
  await act({ action: "revoke", shown: holder.hash }, holder, visit, [holder.hash]);
}
