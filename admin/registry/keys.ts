import type { TokenRecord } from "../../shared/record.ts";

// The book of which KV keys may exist. A key is the hash of a secret; a secret has one row for ever.

/** The KV keys of a token that may exist: of its secrets, those that were published and not taken back since. */
export function publishedHashes(sql: SqlStorage, record: TokenRecord): string[] {
  return sql
    .exec<{ hash: string }>("SELECT hash FROM secrets WHERE token_id = ? AND published = 1", record.id)
    .toArray()
    .map(({ hash }) => hash);
}

/** Notes that a KV key was removed. */
export function forgetKey(sql: SqlStorage, hash: string): void {
  sql.exec("UPDATE secrets SET published = 0 WHERE hash = ?", hash);
}

/** Notes that a KV key exists; where its secret is unknown, it becomes one that was once the token's. */
export function noteKey(sql: SqlStorage, hash: string, tokenId: string): void {
  sql.exec(
    `INSERT INTO secrets (hash, token_id, ends_at, published) VALUES (?, ?, NULL, 1)
     ON CONFLICT (hash) DO UPDATE SET published = 1`,
    hash,
    tokenId,
  );
}

/** Notes that a secret is or was a token's, and has no KV key. One that is known stays as it is. */
export function rememberSecret(sql: SqlStorage, hash: string, tokenId: string): void {
  sql.exec("INSERT OR IGNORE INTO secrets (hash, token_id, ends_at, published) VALUES (?, ?, NULL, 0)", hash, tokenId);
}
