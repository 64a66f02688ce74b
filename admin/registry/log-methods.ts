import { addAudit } from "./audit.ts";
import { readAudit } from "./audit-search.ts";
import { auditLength } from "./audit-wanted.ts";
import { kvCalls } from "./kv-calls.ts";
import { ListMethods } from "./list-methods.ts";
import type * as R from "./reports.ts";
import { findToken } from "./tokens.ts";
import type * as T from "./types.ts";

/** The part of the registry's methods that is about the audit log, and about the registry itself. See `RegistryApi`. */
export abstract class LogMethods extends ListMethods {
  async noteAtGateway(action: R.GatewayAction, changes: R.AuditChanges, actor: T.Actor): Promise<void> {
    this.engine.write((sql, now) => addAudit(sql, actor, action, null, changes, now));
  }

  async noteStreamsEnded(id: string, count: number, actor: T.Actor): Promise<void> {
    const changes = { streams: { before: null, after: count } };
    this.engine.write((sql, now) => addAudit(sql, actor, "token.endStreams", findToken(sql, id), changes, now));
  }

  async readAudit(filter: R.AuditFilter): Promise<R.AuditPage> {
    return readAudit(this.ctx.storage.sql, filter);
  }

  async facts(): Promise<R.RegistryFacts> {
    const { sql } = this.ctx.storage;
    return { bytes: sql.databaseSize, kv: kvCalls(sql, Date.now()), audit: auditLength(sql) };
  }
}
