import type { TokenRecord, TokenSecret } from "../../shared/record.ts";
import { addAudit } from "./audit.ts";
import { mergedClaim } from "./claim-merging.ts";
import { rememberSecret } from "./keys.ts";
import { enqueue } from "./outbox.ts";
import { liveSecrets, nextRecord } from "./records.ts";
import type { AuditAction, AuditChanges } from "./reports.ts";
import { findToken, saveToken, secretUsed } from "./tokens.ts";
import type { Actor } from "./types.ts";

// What a holder did to their own token stands in its guard first. The registry takes it over, and keeps what the owner said.

/** Who acted: a holder, whose address the registry isn't told. */
const HOLDER: Actor = { session: null, address: "holder", userAgent: "" };

/** When the owner last did something to a token, ms since 1970; 0: never, as far as the log goes. */
function ownerActedAt(sql: SqlStorage, tokenId: string, what: "secrets" | "state"): number {
  const which =
    what === "secrets"
      ? "action = 'token.rotate'"
      : "action = 'token.update' AND json_extract(changes, '$.state') IS NOT NULL";
  const query = `SELECT max(at) AS at FROM audit WHERE token_id = ? AND ${which}`;
  return sql.exec<{ at: number | null }>(query, tokenId).one().at ?? 0;
}

/**
 * The secrets after both acted. The later one counts: an owner's rotation ends what the holder made before, or lets it go on
 * for its grace, as it would have if the registry had known. Else whoever stole a token could keep it by rotating it.
 */
export function mergedSecrets(
  known: TokenRecord,
  held: TokenRecord,
  ownerRotatedAt: number,
  now: number,
): TokenSecret[] {
  const [newest, ...older] = known.secrets;
  if (newest === undefined || ownerRotatedAt <= (held.holderActedAt ?? 0)) return held.secrets;
  const graceEnds = Math.max(0, ...older.map(({ endsAt }) => endsAt ?? 0));
  const inGrace = liveSecrets(held, now)
    .filter(({ hash }) => hash !== newest.hash)
    .map((secret) => ({ ...secret, endsAt: Math.min(secret.endsAt ?? graceEnds, graceEnds) }))
    .filter(({ endsAt }) => endsAt > now);
  return [newest, ...inGrace];
}

/** The state after both acted. A holder can only take away: nothing that the owner ended comes back to life by it. */
export function mergedState(known: TokenRecord, held: TokenRecord, ownerSwitchedAt: number): TokenRecord["state"] {
  const ownerWasLater = ownerSwitchedAt > (held.holderActedAt ?? 0);
  return known.state === "active" && held.state !== "active" && !ownerWasLater ? held.state : known.state;
}

function log(sql: SqlStorage, record: TokenRecord, action: AuditAction, changes: AuditChanges, now: number): void {
  addAudit(sql, HOLDER, action, record, changes, now);
}

/**
 * Takes over what a holder did, where the registry doesn't know it yet: secrets, state and claim link, in a version above both, with
 * its audit lines and its way to the guard and to KV. Run it in a transaction.
 *
 * @param held the guard's record
 * @param now ms since 1970
 * @returns whether there was anything to take over
 */
export function takeOver(sql: SqlStorage, held: TokenRecord, now: number): boolean {
  const known = findToken(sql, held.id);
  const { holderActedAt } = held;
  if (known === null || holderActedAt === null || holderActedAt <= (known.holderActedAt ?? 0)) return false;
  // A secret opens one token only.
  const own = held.secrets.filter(({ hash }) => (secretUsed(sql, hash) ?? held.id) === held.id);
  const claimed = held.claim?.used?.hash ?? null;
  const { claim, news, isVoid } = mergedClaim(known, held, claimed !== null && secretUsed(sql, claimed) === held.id);
  const isRotated = own.some(({ hash }) => hash !== news?.hash && secretUsed(sql, hash) === null);
  const guards: TokenRecord = { ...held, secrets: own };
  const secrets = isVoid ? known.secrets : mergedSecrets(known, guards, ownerActedAt(sql, known.id, "secrets"), now);
  const state = mergedState(known, guards, ownerActedAt(sql, known.id, "state"));
  const newest = { ...known, version: Math.max(known.version, held.version) };
  const merged = nextRecord(newest, { secrets, state, holderActedAt, claim }, now);
  saveToken(sql, merged);
  // What doesn't open it any more was a secret of it all the same: it is never issued again.
  for (const { hash } of own) rememberSecret(sql, hash, known.id);
  if (news !== null) {
    const claimedAt = { before: null, after: new Date(news.at).toISOString() };
    const changes = { claimedAt, country: { before: null, after: news.country } };
    log(sql, merged, isVoid ? "token.claim.undone" : "token.claim.done", changes, now);
  }
  if (isRotated) log(sql, merged, "token.rotated_by_holder", {}, now);
  if (state !== known.state) {
    log(sql, merged, "token.revoked_by_holder", { state: { before: known.state, after: state } }, now);
  }
  enqueue(sql, known.id, ["gateway", "kv"], now);
  return true;
}
