import { throttleKey } from "./address.ts";
import { LogMethods } from "./log-methods.ts";
import * as P from "./passkeys.ts";
import type { Proof } from "./proofs.ts";
import type * as R from "./reports.ts";
import { findSession, listSessions, seeSession } from "./sessions.ts";
import * as S from "./sign-ins.ts";
import { admitTry } from "./throttle.ts";
import type * as T from "./types.ts";

/** The part of the registry's methods that is about who the owner is: sign-ins, sessions, passkeys. See `RegistryApi`. */
export abstract class SignInMethods extends LogMethods {
  async admitSignIn(actor: T.Actor): Promise<R.SignInAdmission> {
    return this.engine.write((sql, now) => admitTry(sql, throttleKey(actor.address), now));
  }

  async refuseSignIn(by: Proof["by"], actor: T.Actor): Promise<void> {
    this.engine.write((sql, now) => S.refuseSignIn(sql, by, actor, now));
  }

  async openSession(session: R.NewSession, proof: Proof, actor: T.Actor): Promise<R.SessionView | null> {
    return this.engine.write((sql, now) => S.openSession(sql, session, proof, actor, now));
  }

  async confirmSession(jti: string, proof: Proof, actor: T.Actor): Promise<boolean> {
    return this.engine.write((sql, now) => S.confirmSession(sql, jti, proof, actor, now));
  }

  async findSession(jti: string, idleMs: number): Promise<R.SessionView | null> {
    const { sql } = this.ctx.storage;
    const session = findSession(sql, jti, idleMs, Date.now());
    if (session !== null) seeSession(sql, session, Date.now());
    return session;
  }

  async listSessions(idleMs: number): Promise<R.SessionView[]> {
    return listSessions(this.ctx.storage.sql, idleMs, Date.now());
  }

  async endSession(jti: string, actor: T.Actor): Promise<T.Outcome<null>> {
    return this.engine.write((sql, now) => S.endSession(sql, jti, actor, now));
  }

  async endAllSessions(actor: T.Actor): Promise<number> {
    return this.engine.write((sql, now) => S.endSessions(sql, null, actor, now));
  }

  async endOtherSessions(actor: T.Actor): Promise<number> {
    return this.engine.write((sql, now) => S.endSessions(sql, actor.session, actor, now));
  }

  async listPasskeys(): Promise<P.Passkey[]> {
    return P.listPasskeys(this.ctx.storage.sql);
  }

  async findPasskey(id: string): Promise<P.Passkey | null> {
    return P.findPasskey(this.ctx.storage.sql, id);
  }

  async addPasskey(
    passkey: P.Passkey,
    challenge: { text: string; endsAt: number },
    actor: T.Actor,
  ): Promise<T.Outcome<P.Passkey>> {
    return this.engine.write((sql, now) => P.addPasskey(sql, passkey, challenge, actor, now));
  }

  async renamePasskey(id: string, name: string, actor: T.Actor): Promise<T.Outcome<P.Passkey>> {
    return this.engine.write((sql, now) => P.renamePasskey(sql, id, name, actor, now));
  }

  async removePasskey(id: string, actor: T.Actor): Promise<T.Outcome<null>> {
    return this.engine.write((sql, now) => P.removePasskey(sql, id, actor, now));
  }
}
