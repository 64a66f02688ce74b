import type { OpenedBy } from "./reports.ts";

/** The length of a step of time-based codes, in ms: RFC 6238 and every authenticator app. */
export const TOTP_STEP = 30_000;

// Longer than any code or challenge can be right, so that no clock that goes back makes one right again.
const MARGIN = 5 * 60_000;

/** How the owner has proved who they are, after the Worker's look at it. What can be used once is spent by the registry. */
export type Proof =
  /** `totpStep`: the step of the code that was right; null: no code is asked for. */
  | { by: "password"; totpStep: number | null }
  | {
      by: "passkey";
      id: string;
      /** What the authenticator has counted to; 0 where it doesn't count. */
      counter: number;
      backedUp: boolean;
      challenge: string;
      /** ms since 1970. */
      challengeEndsAt: number;
    }
  | { by: "access" };

/** What was used, for the session's row and the audit log. */
export interface Spent {
  openedBy: OpenedBy;
  words: string;
}

/**
 * Writes down that something works no more.
 *
 * @param until when it couldn't work anyway, ms since 1970
 * @returns false where it was used before
 */
export function spend(sql: SqlStorage, what: string, until: number, now: number): boolean {
  sql.exec("DELETE FROM spent WHERE until < ?", now);
  return sql.exec("INSERT OR IGNORE INTO spent (what, until) VALUES (?, ?)", what, until + MARGIN).rowsWritten > 0;
}

function spendCode(sql: SqlStorage, step: number | null, now: number): Spent | null {
  if (step === null) return { openedBy: "password", words: "password" };
  // A code that somebody looked over the shoulder for opens nothing a second time.
  if (!spend(sql, `code:${step}`, (step + 2) * TOTP_STEP, now)) return null;
  return { openedBy: "password-and-code", words: "password and code" };
}

function spendPasskey(sql: SqlStorage, proof: Proof & { by: "passkey" }, now: number): Spent | null {
  const query = "SELECT name, counter FROM passkeys WHERE id = ?";
  const [row] = sql.exec<{ name: string; counter: number }>(query, proof.id).toArray();
  if (row === undefined) return null;
  // A copy of the authenticator counts for itself: one of the two falls behind.
  const counts = proof.counter > 0 || row.counter > 0;
  if (counts && proof.counter <= row.counter) return null;
  if (!spend(sql, `challenge:${proof.challenge}`, proof.challengeEndsAt, now)) return null;
  sql.exec(
    "UPDATE passkeys SET counter = ?, backed_up = ?, last_used_at = ? WHERE id = ?",
    proof.counter,
    proof.backedUp ? 1 : 0,
    now,
    proof.id,
  );
  return { openedBy: "passkey", words: `passkey “${row.name}”` };
}

/**
 * Uses a proof up. Call it in the transaction of what the proof is for.
 *
 * @param now ms since 1970
 * @returns null where it was used before, or its passkey has gone or was copied
 */
export function spendProof(sql: SqlStorage, proof: Proof, now: number): Spent | null {
  switch (proof.by) {
    case "password":
      return spendCode(sql, proof.totpStep, now);
    case "passkey":
      return spendPasskey(sql, proof, now);
    case "access":
      return { openedBy: "access", words: "Cloudflare Access" };
  }
}
