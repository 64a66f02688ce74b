import { DurableObject } from "cloudflare:workers";
import { budgetsNow } from "./budgets.ts";
import { findJob, listJobs } from "./bulk-jobs.ts";
import type * as B from "./bulk-types.ts";
import { beginBulk, previewBulk, stopBulk } from "./bulk.ts";
import { Engine } from "./engine.ts";
import { listTokens } from "./list.ts";
import { migrate } from "./schema.ts";
import type * as T from "./types.ts";
import { usesOf } from "./uses.ts";

/** The part of the registry's methods that is about many tokens at once: the list, and actions on many. See `RegistryApi`. */
export abstract class ListMethods extends DurableObject<AdminEnv> {
  /** Not reachable by RPC, as it isn't a method. */
  readonly engine: Engine;

  constructor(ctx: DurableObjectState, env: AdminEnv) {
    super(ctx, env);
    migrate(ctx.storage);
    this.engine = new Engine(ctx.storage, env);
    // Work that a crash left without an alarm is taken up again.
    void ctx.blockConcurrencyWhile(() => this.engine.wake());
  }

  async listTokens(filter: T.TokenFilter): Promise<T.TokenPage> {
    const [uses] = await Promise.all([this.engine.hearUses(), this.engine.hearHolders()]);
    const { sql } = this.ctx.storage;
    const now = Date.now();
    const { records, ...page } = listTokens(sql, filter, now);
    const ids = records.map(({ id }) => id);
    const used = usesOf(sql, ids);
    const tokens = records.map((record): T.ListedToken => {
      const use = used.get(record.id) ?? null;
      return { ...this.engine.view(record), use, budgets: budgetsNow(record, use, now) };
    });
    return { ...page, tokens, uses };
  }

  async previewBulk(choice: B.BulkChoice): Promise<B.BulkPreview> {
    return previewBulk(this.ctx.storage.sql, choice, Date.now());
  }

  async startBulk(input: B.BulkInput, actor: T.Actor): Promise<T.Outcome<B.BulkReport>> {
    const outcome = this.engine.write((sql, now) => beginBulk(sql, input, actor, now));
    if (!outcome.ok) return outcome;
    await this.engine.beginBulk();
    const job = findJob(this.ctx.storage.sql, outcome.value);
    if (job === null) throw new Error("The action that was just begun has no row.");
    return { ok: true, value: job.report };
  }

  async findBulk(id: string): Promise<B.BulkReport | null> {
    return findJob(this.ctx.storage.sql, id)?.report ?? null;
  }

  async listBulks(): Promise<B.BulkReport[]> {
    return listJobs(this.ctx.storage.sql).map(({ report }) => report);
  }

  async stopBulk(id: string, actor: T.Actor): Promise<T.Outcome<B.BulkReport>> {
    return this.engine.write((sql, now) => stopBulk(sql, id, actor, now));
  }
}
