import type { TokenRecord } from "./record.ts";

/**
 * Whether a secret opens its token now. `unknown` covers disabled, deleted, never issued and rotated away alike: from
 * outside they look the same, so that a finder of an old token learns nothing about it.
 */
export type Standing = { standing: "live" } | { standing: "unknown" } | { standing: "expired"; at: number };

/**
 * Judges a secret by a record.
 *
 * @param record the newest copy known, or null
 * @param hash SHA-256 of the secret that the client showed
 * @param now ms since 1970
 */
export function standingOf(record: TokenRecord | null, hash: string, now: number): Standing {
  if (record === null || record.state !== "active") return { standing: "unknown" };
  // Stops a made-up secret that names a real token's id from being judged by that token's record.
  const secret = record.secrets.find((one) => one.hash === hash);
  if (secret === undefined) return { standing: "unknown" };
  // A rotated secret is gone for good when its grace ends; only the token's own expiry is told.
  if (secret.endsAt !== null && now >= secret.endsAt) return { standing: "unknown" };
  if (record.expiresAt !== null && now >= record.expiresAt) return { standing: "expired", at: record.expiresAt };
  return { standing: "live" };
}
