import { throttleKey } from "./address.ts";
import { addAudit } from "./audit.ts";
import { type Proof, spendProof } from "./proofs.ts";
import type { NewSession, SessionView } from "./reports.ts";
import { addSession, dropAllSessions, dropSession, findSession, listSessions, proveSession } from "./sessions.ts";
import { forgiveTry } from "./throttle.ts";
import type { Actor, Outcome, Refusal } from "./types.ts";

// Each function of this file is one act around a sign-in and runs inside one transaction. Times are ms since 1970.

const NO_SESSION: Refusal = { kind: "missing", field: null, message: "There is no live session of that id." };

/** Writes a refused sign-in into the audit log. */
export function refuseSignIn(sql: SqlStorage, by: Proof["by"], actor: Actor, now: number): void {
  addAudit(sql, actor, "session.refused", null, { by: { before: null, after: by } }, now);
}

/** Opens a session; null, and refused, where the proof can't be used any more. */
export function openSession(
  sql: SqlStorage,
  session: NewSession,
  proof: Proof,
  actor: Actor,
  now: number,
): SessionView | null {
  const spent = spendProof(sql, proof, now);
  if (spent === null) {
    refuseSignIn(sql, proof.by, { ...actor, session: null }, now);
    return null;
  }
  // With Access no try was counted, so none is forgiven: whoever may come in doesn't clear what others tried from there.
  if (proof.by !== "access") forgiveTry(sql, throttleKey(actor.address), now);
  addSession(sql, session, spent.openedBy, now);
  const who = session.identity === null ? {} : { identity: { before: null, after: session.identity.name } };
  addAudit(sql, actor, "session.open", null, { by: { before: null, after: spent.words }, ...who }, now);
  return { ...session, openedBy: spent.openedBy, lastSeenAt: now };
}

/** Makes a session's proof fresh; false, and refused, where the proof can't be used any more. */
export function confirmSession(sql: SqlStorage, jti: string, proof: Proof, actor: Actor, now: number): boolean {
  const spent = spendProof(sql, proof, now);
  if (spent === null) {
    refuseSignIn(sql, proof.by, actor, now);
    return false;
  }
  if (proof.by !== "access") forgiveTry(sql, throttleKey(actor.address), now);
  proveSession(sql, jti, now);
  addAudit(sql, actor, "session.confirm", null, { by: { before: null, after: spent.words } }, now);
  return true;
}

/** Ends a session. Refused as `missing` where it isn't live. */
export function endSession(sql: SqlStorage, jti: string, actor: Actor, now: number): Outcome<null> {
  if (findSession(sql, jti, Infinity, now) === null) return { ok: false, refusal: NO_SESSION };
  dropSession(sql, jti);
  addAudit(sql, actor, "session.end", null, { session: { before: jti, after: null } }, now);
  return { ok: true, value: null };
}

/**
 * Ends all sessions.
 *
 * @param keep the one that goes on; null: none
 * @returns how many have ended
 */
export function endSessions(sql: SqlStorage, keep: string | null, actor: Actor, now: number): number {
  const live = listSessions(sql, Infinity, now).length;
  dropAllSessions(sql, keep);
  const left = listSessions(sql, Infinity, now).length;
  const action = keep === null ? "session.endAll" : "session.endOthers";
  addAudit(sql, actor, action, null, { sessions: { before: live, after: left } }, now);
  return live - left;
}
