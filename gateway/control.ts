import { WorkerEntrypoint } from "cloudflare:workers";
import { version } from "../package.json";
import type { Applied, ControlApi, GatewayFacts, HolderChanges, KeyCheck } from "../shared/control.ts";
import type { GatewayMetrics } from "../shared/metrics.ts";
import type { PriceList } from "../shared/prices.ts";
import { PROVIDERS, type Provider } from "../shared/providers.ts";
import { checkRecord, type TokenRecord } from "../shared/record.ts";
import type {
  NearBudget,
  RequestPage,
  RequestQuery,
  SeriesQuery,
  SpanTotals,
  TokenActivity,
  TokenUse,
  UsageQuery,
  UsageReport,
  UsageRowPage,
  UsageRowQuery,
  UsageSeries,
  UsageSpan,
  UseChanges,
} from "../shared/usage.ts";
import type { NewWebhook, Resent, Webhook, WebhookDeliveries, WebhookInput, WebhookTrial } from "../shared/webhooks.ts";
import { bindingsOf } from "./bindings.ts";
import { type Guard, guardName, pointerName } from "./guard/guard.ts";
import { providerFacts } from "./key-health.ts";
import { checkKeys } from "./keys/check.ts";
import { type Ledger, LEDGER_NAME } from "./ledger/ledger.ts";
import { builtIn, builtInPrices } from "./pricing/built-in.ts";

/** An RPC result that is handed on as it is would keep the other object's call open. */
const copied = <T extends object>(result: T): T => structuredClone(result);

/** Rows of a page. The admin is trusted, but a slip of its own mustn't have a guard read all it has at once. */
const pageSize = (limit: number): number => Math.min(1_000, Math.max(1, Math.trunc(limit) || 1));

/**
 * The admin's way into the gateway. A named entrypoint has no route: only a service binding in the owner's own account
 * reaches it, never the public internet.
 */
export class Control extends WorkerEntrypoint<GatewayEnv> implements ControlApi {
  /** {@inheritDoc ControlApi.apply} */
  async apply(record: TokenRecord): Promise<Applied> {
    const checked = checkRecord(record);
    if (checked === null) throw new TypeError("The token record can't be read: is the admin's version newer?");
    const { guards } = bindingsOf(this.env);
    for (const secret of checked.secrets) {
      if (secret.typed) await guards.getByName(pointerName(secret.hash)).pointTo(checked.id);
    }
    return copied(await guards.getByName(guardName(checked.id)).apply(checked));
  }

  /** {@inheritDoc ControlApi.facts} */
  async facts(): Promise<GatewayFacts> {
    const bindings = bindingsOf(this.env);
    const rows = await Promise.all(PROVIDERS.map(async (one) => [one, await providerFacts(bindings, one)] as const));
    const providers = Object.fromEntries(rows) as GatewayFacts["providers"];
    return { version, pricesDate: builtIn().date, providers };
  }

  /** {@inheritDoc ControlApi.checkKeys} */
  async checkKeys(provider: Provider): Promise<KeyCheck[]> {
    return checkKeys(bindingsOf(this.env), provider);
  }

  /** {@inheritDoc ControlApi.endStreams} */
  async endStreams(tokenId: string): Promise<number> {
    return this.#guard(tokenId).endStreams();
  }

  /** {@inheritDoc ControlApi.usage} */
  async usage(query: UsageQuery): Promise<UsageReport> {
    return copied(await (query.tokenId === null ? this.#ledger() : this.#guard(query.tokenId)).usage(query));
  }

  /** {@inheritDoc ControlApi.usageRows} */
  async usageRows({ limit, ...rest }: UsageRowQuery): Promise<UsageRowPage> {
    const query = { ...rest, limit: pageSize(limit) };
    return copied(await (query.tokenId === null ? this.#ledger() : this.#guard(query.tokenId)).rows(query));
  }

  /** {@inheritDoc ControlApi.requests} */
  async requests({ tokenId, before, limit }: RequestQuery): Promise<RequestPage> {
    return copied(await this.#guard(tokenId).requests({ before, limit: pageSize(limit) }));
  }

  /** {@inheritDoc ControlApi.activity} */
  async activity(tokenId: string): Promise<TokenActivity> {
    return copied(await this.#guard(tokenId).activity());
  }

  /** {@inheritDoc ControlApi.holderChanges} */
  async holderChanges(after: number): Promise<HolderChanges> {
    return copied(await this.#ledger().holderChanges(after));
  }

  /** {@inheritDoc ControlApi.tokenUses} */
  async tokenUses(ids: readonly string[]): Promise<TokenUse[]> {
    return copied(await this.#ledger().tokenUses(ids));
  }

  /** {@inheritDoc ControlApi.useChanges} */
  async useChanges(after: number): Promise<UseChanges> {
    return copied(await this.#ledger().useChanges(after));
  }

  /** {@inheritDoc ControlApi.usageSeries} */
  async usageSeries(query: SeriesQuery): Promise<UsageSeries> {
    return copied(await this.#ledger().usageSeries(query));
  }

  /** {@inheritDoc ControlApi.spanTotals} */
  async spanTotals(spans: readonly UsageSpan[]): Promise<SpanTotals[]> {
    return copied(await this.#ledger().spanTotals(spans));
  }

  /** {@inheritDoc ControlApi.nearBudgets} */
  async nearBudgets(share: number, limit: number): Promise<NearBudget[]> {
    return copied(await this.#ledger().nearBudgets(share, limit));
  }

  /** {@inheritDoc ControlApi.metrics} */
  async metrics(): Promise<GatewayMetrics> {
    return copied(await this.#ledger().metrics());
  }

  /** {@inheritDoc ControlApi.builtInPrices} */
  async builtInPrices(): Promise<PriceList> {
    return builtInPrices(Date.now());
  }

  /** {@inheritDoc ControlApi.webhooks} */
  async webhooks(): Promise<Webhook[]> {
    return copied(await this.#ledger().webhooks());
  }

  /** {@inheritDoc ControlApi.addWebhook} */
  async addWebhook(input: WebhookInput): Promise<NewWebhook> {
    return copied(await this.#ledger().addWebhook(input));
  }

  /** {@inheritDoc ControlApi.removeWebhook} */
  async removeWebhook(id: string): Promise<boolean> {
    return this.#ledger().removeWebhook(id);
  }

  /** {@inheritDoc ControlApi.tryWebhook} */
  async tryWebhook(id: string): Promise<WebhookTrial | null> {
    const trial = await this.#ledger().tryWebhook(id);
    return trial === null ? null : copied(trial);
  }

  /** {@inheritDoc ControlApi.webhookDeliveries} */
  async webhookDeliveries(id: string): Promise<WebhookDeliveries | null> {
    const found = await this.#ledger().webhookDeliveries(id);
    return found === null ? null : copied(found);
  }

  /** {@inheritDoc ControlApi.resendEvent} */
  async resendEvent(id: string, eventId: string): Promise<Resent> {
    return this.#ledger().resendEvent(id, eventId);
  }

  /** {@inheritDoc ControlApi.reviveWebhook} */
  async reviveWebhook(id: string): Promise<boolean> {
    return this.#ledger().reviveWebhook(id);
  }

  /** {@inheritDoc ControlApi.rotateWebhookSecret} */
  async rotateWebhookSecret(id: string): Promise<string | null> {
    return this.#ledger().rotateWebhookSecret(id);
  }

  #guard(tokenId: string): DurableObjectStub<Guard> {
    return bindingsOf(this.env).guards.getByName(guardName(tokenId));
  }

  #ledger(): DurableObjectStub<Ledger> {
    return bindingsOf(this.env).ledgers.getByName(LEDGER_NAME);
  }
}
