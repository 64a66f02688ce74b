import { checkRecord, type TokenRecord } from "../../shared/record.ts";
import { claimView } from "./claims.ts";
import { noteFollower } from "./followers.ts";
import { liveSecrets, policyOf, statusOf } from "./records.ts";
import { saveListed } from "./listed.ts";
import type { PublishTarget, TokenView } from "./types.ts";

const readRecord = (text: string): TokenRecord => {
  const record = checkRecord(JSON.parse(text));
  if (record === null) throw new Error("The registry holds a token record that can't be read.");
  return record;
};

/**
 * Finds a token, deleted ones too.
 *
 * @returns null where there never was one of that id
 */
export function findToken(sql: SqlStorage, id: string): TokenRecord | null {
  const [row] = sql.exec<{ record: string }>("SELECT record FROM tokens WHERE id = ?", id).toArray();
  return row === undefined ? null : readRecord(row.record);
}

/**
 * Writes a token's row, and a row for each of its secrets.
 *
 * @throws where the label or a secret belongs to another token: check with `labelTaken` and `secretUsed` first
 */
export function saveToken(sql: SqlStorage, record: TokenRecord): void {
  sql.exec(
    `INSERT INTO tokens (id, label, state, providers, expires_at, created_at, record)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET label = excluded.label, state = excluded.state, providers = excluded.providers,
       expires_at = excluded.expires_at, record = excluded.record`,
    record.id,
    record.label,
    record.state,
    JSON.stringify(record.providers),
    record.expiresAt,
    record.createdAt,
    JSON.stringify(record),
  );
  noteFollower(sql, record);
  // Of a record that comes from elsewhere, later: what is over since then is found when the list is next read.
  saveListed(sql, record, record.updatedAt);
  for (const { hash, endsAt } of record.secrets) {
    // Marked as published before it is: a KV write that lands after a crash must still be found and taken back.
    sql.exec(
      `INSERT INTO secrets (hash, token_id, ends_at, published) VALUES (?, ?, ?, 1)
       ON CONFLICT (hash) DO UPDATE SET ends_at = excluded.ends_at, published = 1 WHERE token_id = excluded.token_id`,
      hash,
      record.id,
      endsAt,
    );
  }
}

/**
 * Writes a known token's record where neither its secrets nor what it is found by have changed: one row instead of several.
 */
export function replaceToken(sql: SqlStorage, record: TokenRecord): void {
  sql.exec("UPDATE tokens SET record = ? WHERE id = ?", JSON.stringify(record), record.id);
  noteFollower(sql, record);
  saveListed(sql, record, record.updatedAt);
}

/** Whether a token that isn't deleted, other than `exceptId`, has this label. */
export function labelTaken(sql: SqlStorage, label: string, exceptId: string): boolean {
  const query = "SELECT 1 FROM tokens WHERE label = ? AND state <> 'deleted' AND id <> ?";
  return sql.exec(query, label, exceptId).toArray().length > 0;
}

/** Which token a secret belongs or belonged to; null: it was never used. */
export function secretUsed(sql: SqlStorage, hash: string): string | null {
  const [row] = sql.exec<{ token_id: string }>("SELECT token_id FROM secrets WHERE hash = ?", hash).toArray();
  return row?.token_id ?? null;
}

/** The owner's view of a record. The fields are named one by one, so that a hash can't slip in. */
export function viewOf(record: TokenRecord, pending: PublishTarget[], now: number): TokenView {
  const { id, label, note, providers, createdAt, updatedAt, expiresAt, version, policy, holderActedAt } = record;
  const secrets = liveSecrets(record, now).map(({ typed, endsAt }) => ({ typed, endsAt }));
  const status = statusOf(record, now);
  const times = { createdAt, updatedAt, expiresAt };
  return {
    id,
    label,
    note,
    providers,
    status,
    ...times,
    version,
    secrets,
    pending,
    policy,
    holderActedAt,
    claim: claimView(record, now),
    ...policyOf(record),
  };
}
