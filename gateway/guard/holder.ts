import type { TokenRecord, TokenSecret } from "../../shared/record.ts";
import { standingOf } from "../../shared/standing.ts";
import type { Notice } from "../../shared/webhooks.ts";
import type { HolderAct, HolderAnswer } from "../permits.ts";

/** The shown secret goes on for the grace, or ends sooner where an earlier rotation said so. All others end. */
function secretsAfter({ secrets }: TokenRecord, act: HolderAct & { action: "rotate" }, now: number): TokenSecret[] {
  const graceEnds = now + act.graceSeconds * 1_000;
  const older = secrets
    .filter(({ hash }) => hash === act.shown && hash !== act.hash)
    .map((secret) => ({ ...secret, endsAt: Math.min(secret.endsAt ?? graceEnds, graceEnds) }))
    .filter(({ endsAt }) => endsAt > now);
  return [{ hash: act.hash, typed: false, endsAt: null }, ...older];
}

/**
 * A record after its holder's act. Pure.
 *
 * @param record the newest one known; null: none is
 * @param now ms since 1970
 * @returns the record, with a version of its own; or why the holder may not
 */
export function recordAfter(record: TokenRecord | null, act: HolderAct, now: number): HolderAnswer {
  const standing = standingOf(record, act.shown, now);
  if (record === null || standing.standing === "unknown") return { ok: false, refusal: { code: "unknown_token" } };
  if (standing.standing === "expired") return { ok: false, refusal: { code: "expired_token", at: standing.at } };
  const { action } = act;
  if (!record.holderMay.includes(action)) return { ok: false, refusal: { code: "holder_may_not", action } };
  const change: Partial<TokenRecord> =
    act.action === "rotate" ? { secrets: secretsAfter(record, act, now) } : { state: "disabled" };
  const version = Math.max(now, record.version + 1);
  // Grows with each act, whatever the clock does: the registry tells by it whether it knows of the last one.
  const holderActedAt = Math.max(now, (record.holderActedAt ?? 0) + 1);
  return { ok: true, record: { ...record, ...change, version, updatedAt: now, holderActedAt } };
}

const EVENTS = { rotate: "token.rotated_by_holder", revoke: "token.revoked_by_holder" } as const;

/** What the owner is told of a holder's act. */
export function noticeOfAct({ id, label, version }: TokenRecord, { action }: HolderAct, now: number): Notice {
  return { id: `${id}:${action}:${version}`, at: now, type: EVENTS[action], token: { id, label } };
}
