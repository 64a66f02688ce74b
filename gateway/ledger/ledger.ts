import { DurableObject } from "cloudflare:workers";
import type { HolderChanges } from "../../shared/control.ts";
import type { UsageQuery, UsageReport, UsageRowPage, UsageRowQuery } from "../../shared/usage.ts";
import type { NewWebhook, Notice, Webhook, WebhookInput, WebhookTrial } from "../../shared/webhooks.ts";
import type { LedgerReport } from "./report.ts";

/** The name of the one ledger. */
export const LEDGER_NAME = "ledger";

/**
 * One Durable Object for the whole account: the usage of all tokens put together, what holders changed, and the webhooks
 * that are told of what happens. Guards report to it by alarm, so that no request ever waits for it.
 */
export class Ledger extends DurableObject<GatewayEnv> {
  /** Takes a guard's report. */
  async take(_report: LedgerReport): Promise<void> {
    throw new Error("not built yet");
  }

  /** Takes an event that is no token's. */
  async notify(_notice: Notice): Promise<void> {
    throw new Error("not built yet");
  }

  /** Usage of all tokens, or of one as far as it was reported. */
  async usage(_query: UsageQuery): Promise<UsageReport> {
    throw new Error("not built yet");
  }

  /** Usage row by row. */
  async rows(_query: UsageRowQuery): Promise<UsageRowPage> {
    throw new Error("not built yet");
  }

  /** What holders changed; see `ControlApi.holderChanges`. */
  async holderChanges(_after: number): Promise<HolderChanges> {
    throw new Error("not built yet");
  }

  /** See `ControlApi.webhooks`. */
  async webhooks(): Promise<Webhook[]> {
    throw new Error("not built yet");
  }

  /** See `ControlApi.addWebhook`. */
  async addWebhook(_input: WebhookInput): Promise<NewWebhook> {
    throw new Error("not built yet");
  }

  /** See `ControlApi.removeWebhook`. */
  async removeWebhook(_id: string): Promise<boolean> {
    throw new Error("not built yet");
  }

  /** See `ControlApi.tryWebhook`. */
  async tryWebhook(_id: string): Promise<WebhookTrial | null> {
    throw new Error("not built yet");
  }
}
