import { DurableObject } from "cloudflare:workers";
import type { HolderChanges } from "../../shared/control.ts";
import type { GatewayMetrics } from "../../shared/metrics.ts";
import type {
  NearBudget,
  SeriesQuery,
  SpanTotals,
  TokenUse,
  UsageQuery,
  UsageReport,
  UsageRowPage,
  UsageRowQuery,
  UsageSeries,
  UsageSpan,
  UseChanges,
} from "../../shared/usage.ts";
import type {
  NewWebhook,
  Notice,
  Resent,
  Webhook,
  WebhookDeliveries,
  WebhookInput,
  WebhookTrial,
} from "../../shared/webhooks.ts";
import { readDeliveries, resend, revive } from "./deliveries.ts";
import { foldDays, sweepUsage } from "./folding.ts";
import { noteHolderChange, readHolderChanges } from "./holder-changes.ts";
import { sweepHours } from "./hours.ts";
import { foldMonths, sweepMonths } from "./months.ts";
import { readNear, sweepNear } from "./near.ts";
import { countWaiting, nextDelivery, sweepNotices, takeNotice } from "./outbox.ts";
import { Postman } from "./postman.ts";
import { askUsual, isRankingDue, makeRanking } from "./kept-rankings.ts";
import { readRows, readTotals, readUsage } from "./reading.ts";
import type { LedgerReport } from "./report.ts";
import { takeRows } from "./rollup.ts";
import { migrate } from "./schema.ts";
import { readSeries } from "./series.ts";
import { readSpans } from "./spans.ts";
import { readUseChanges, readUses } from "./uses.ts";
import { addHook, readHooks, removeHook, rotateSecret } from "./webhooks.ts";

/** The name of the one ledger. */
export const LEDGER_NAME = "ledger";

/** How often days are folded into totals, and what is too old is thrown away, in ms. */
const SWEEP_MS = 24 * 60 * 60_000;
const SWEPT_AT = "swept";

/**
 * One Durable Object for the whole account: the usage of all tokens put together, what holders changed, and the webhooks
 * that are told of what happens. Guards report to it by alarm, so that no request ever waits for it.
 */
export class Ledger extends DurableObject<GatewayEnv> {
  /** Tells the time, ms since 1970. No method, so RPC doesn't reach it; tests put another one in its place. */
  clock: () => number = Date.now;
  /** Carries events to webhooks. */
  readonly postman = new Postman(
    this.ctx.storage,
    () => this.clock(),
    () => this.#wake(),
  );
  readonly #sql = this.ctx.storage.sql;
  /** Whether the alarm's last ranking couldn't be kept: until the next sweep, nobody is asked to come again for one. */
  #isFull = false;

  constructor(ctx: DurableObjectState, env: GatewayEnv) {
    super(ctx, env);
    migrate(ctx.storage);
  }

  /** Takes a guard's report. One that comes twice changes nothing. */
  async take({ notices, changedByHolder, ...use }: LedgerReport): Promise<void> {
    const now = this.clock();
    this.ctx.storage.transactionSync(() => {
      takeRows(this.ctx.storage, use, now);
      for (const notice of notices) takeNotice(this.#sql, notice, now);
      if (changedByHolder !== null) noteHolderChange(this.#sql, changedByHolder);
    });
    await this.#wake();
  }

  /** Takes an event that is no token's. One that comes twice changes nothing. */
  async notify(notice: Notice): Promise<void> {
    this.ctx.storage.transactionSync(() => takeNotice(this.#sql, notice, this.clock()));
    await this.#wake();
  }

  /** Usage of all tokens; see `ControlApi.usage`. */
  async usage(query: UsageQuery): Promise<UsageReport> {
    return this.#ranked((soon) => readUsage(this.ctx.storage, query, this.clock(), soon));
  }

  /** Usage row by row; see `ControlApi.usageRows`. */
  async rows(query: UsageRowQuery): Promise<UsageRowPage> {
    return readRows(this.#sql, query);
  }

  /** Usage over time; see `ControlApi.usageSeries`. */
  async usageSeries(query: SeriesQuery): Promise<UsageSeries> {
    return this.#ranked((soon) =>
      readSeries(this.ctx.storage, { ...query, soon: soon && query.soon === true }, this.clock()),
    );
  }

  /** Usage of spans of time; see `ControlApi.spanTotals`. */
  async spanTotals(spans: readonly UsageSpan[]): Promise<SpanTotals[]> {
    return readSpans(this.ctx.storage, spans, this.clock());
  }

  /** How tokens were used; see `ControlApi.tokenUses`. */
  async tokenUses(ids: readonly string[]): Promise<TokenUse[]> {
    return readUses(this.#sql, ids);
  }

  /** Tokens whose use has changed; see `ControlApi.useChanges`. */
  async useChanges(after: number): Promise<UseChanges> {
    return readUseChanges(this.#sql, after);
  }

  /** Budgets near their end; see `ControlApi.nearBudgets`. */
  async nearBudgets(share: number, limit: number): Promise<NearBudget[]> {
    return readNear(this.#sql, share, limit, this.clock());
  }

  /** The totals since ever; see `ControlApi.metrics`. */
  async metrics(): Promise<GatewayMetrics> {
    return { ...readTotals(this.ctx.storage), webhooksWaiting: countWaiting(this.#sql) };
  }

  /** What holders changed; see `ControlApi.holderChanges`. */
  async holderChanges(after: number): Promise<HolderChanges> {
    return readHolderChanges(this.#sql, after);
  }

  /** See `ControlApi.webhooks`. */
  async webhooks(): Promise<Webhook[]> {
    return readHooks(this.#sql);
  }

  /** See `ControlApi.addWebhook`. */
  async addWebhook(input: WebhookInput): Promise<NewWebhook> {
    return addHook(this.#sql, input, this.clock());
  }

  /** See `ControlApi.removeWebhook`. */
  async removeWebhook(id: string): Promise<boolean> {
    return this.ctx.storage.transactionSync(() => removeHook(this.#sql, id));
  }

  /** See `ControlApi.tryWebhook`. */
  async tryWebhook(id: string): Promise<WebhookTrial | null> {
    return this.postman.tryOut(id);
  }

  /** See `ControlApi.webhookDeliveries`. */
  async webhookDeliveries(id: string): Promise<WebhookDeliveries | null> {
    return readDeliveries(this.#sql, id, this.clock());
  }

  /** See `ControlApi.resendEvent`. */
  async resendEvent(id: string, eventId: string): Promise<Resent> {
    const came = this.ctx.storage.transactionSync(() => resend(this.#sql, id, eventId, this.clock()));
    await this.#wake();
    return came;
  }

  /** See `ControlApi.reviveWebhook`. */
  async reviveWebhook(id: string): Promise<boolean> {
    const isThere = this.ctx.storage.transactionSync(() => revive(this.#sql, id, this.clock()));
    await this.#wake();
    return isThere;
  }

  /** See `ControlApi.rotateWebhookSecret`. */
  async rotateWebhookSecret(id: string): Promise<string | null> {
    return this.ctx.storage.transactionSync(() => rotateSecret(this.#sql, id, this.clock()));
  }

  /** Sends off what is due, without waiting for it, and tidies up once a day. Called by the platform. */
  override async alarm(): Promise<void> {
    const now = this.clock();
    const { storage } = this.ctx;
    this.postman.sendDue();
    if (now - (storage.kv.get<number>(SWEPT_AT) ?? 0) >= SWEEP_MS) {
      if (!this.#tidy(now)) {
        storage.kv.put(SWEPT_AT, now);
        askUsual(storage, now);
        this.#isFull = false;
      }
    } else this.#isFull ||= !makeRanking(storage);
    await this.#wake();
  }

  /** Reads what may have to be added up first, by the alarm; where that can't be asked for it, at once. */
  async #ranked<T extends { isPending?: boolean }>(read: (soon: boolean) => T): Promise<T> {
    try {
      const found = read(!this.#isFull);
      if (found.isPending === true) await this.#wake();
      return found;
    } catch {
      // To ask is to write: a day's rows are used up, or the storage is full.
      return read(false);
    }
  }

  /** Folds what is over and throws away what is old, some of it at a time. @returns whether there is more */
  #tidy(now: number): boolean {
    const { storage } = this.ctx;
    foldDays(storage, now);
    storage.transactionSync(() => sweepNotices(this.#sql, now));
    // What has more to do comes again before the next begins.
    return (
      foldMonths(storage, now) ||
      sweepUsage(this.#sql, now) ||
      sweepMonths(this.#sql, now) ||
      sweepHours(this.#sql, now) ||
      sweepNear(this.#sql, now)
    );
  }

  /** Sets the alarm for the next delivery, or else for the next sweep. */
  async #wake(): Promise<void> {
    const { kv } = this.ctx.storage;
    const sweptAt = kv.get<number>(SWEPT_AT) ?? this.clock();
    // Noted at the first time too, or each report would put the first sweep off.
    if (kv.get(SWEPT_AT) === undefined) kv.put(SWEPT_AT, sweptAt);
    const ranking = !this.#isFull && isRankingDue(this.#sql) ? this.clock() : Infinity;
    const at = Math.min(nextDelivery(this.#sql) ?? Infinity, sweptAt + SWEEP_MS, ranking);
    if ((await this.ctx.storage.getAlarm()) !== at) await this.ctx.storage.setAlarm(at);
  }
}
