import type { Provider } from "./providers.ts";
import type { GatewayMetrics } from "./metrics.ts";
import type { PriceList } from "./prices.ts";
import type { TokenRecord } from "./record.ts";
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
} from "./usage.ts";
import type { NewWebhook, Resent, Webhook, WebhookDeliveries, WebhookInput, WebhookTrial } from "./webhooks.ts";

/** What the gateway tells of a provider. */
export interface ProviderFacts {
  /** Whether a key is set. */
  configured: boolean;
  /** When the provider last rejected one of the keys, in ms since 1970; null: it accepts them, as far as is known. */
  rejectedAt: number | null;
  /** In the order of the secret. */
  keys: KeyFacts[];
  /** Where keys stand in the secret that can't be used, the first being 1: characters that no HTTP header can carry. */
  unusable: number[];
  /** Whether a var of the gateway sends this provider's traffic to another address. */
  overridden: boolean;
}

/** The last answer of a provider's that was about a key: nothing of its body but the provider's own name of the error. */
export interface KeyError {
  /** ms since 1970. */
  at: number;
  /** HTTP status. */
  status: number;
  /** Such as `invalid_api_key` or `RESOURCE_EXHAUSTED`; null: it named none. */
  code: string | null;
}

/** What the gateway tells of one provider key. */
export interface KeyFacts {
  /** 8 hexadecimal digits that tell it from the others and say nothing of its text. */
  fingerprint: string;
  /** Where it stands in the secret, the first being 1. */
  place: number;
  /** When the provider last rejected it, in ms since 1970; null: it accepts it, as far as is known. */
  rejectedAt: number | null;
  /** Until when it had no more to give, ms since 1970, mostly past; null: it never was throttled, as far as is known. */
  throttledUntil: number | null;
  /** When it last served a request, ms since 1970 and exact to 10 minutes; null: not yet. */
  lastUsedAt: number | null;
  /** It stays after the key is accepted again; null: there was none. */
  lastError: KeyError | null;
}

/** What became of one free call with a provider key. */
export type KeyCheckResult =
  | "ok"
  | "rejected"
  | "throttled"
  /** The provider answered with another error: its own fault, or it doesn't serve this location. */
  | "failed"
  /** There was no answer within 10 s. */
  | "unreachable";

/** A provider key after a look at it. */
export interface KeyCheck {
  /** As in `KeyFacts`. */
  fingerprint: string;
  place: number;
  result: KeyCheckResult;
  /** HTTP status; null: there was no answer. */
  status: number | null;
  /** The provider's own name of the error; null: none, or it named none. */
  code: string | null;
  /** How long it took until the answer began. */
  ms: number;
}

/** What the gateway tells the admin about itself. Facts only: no key, no address of a provider. */
export interface GatewayFacts {
  /** Of the gateway Worker's code; null: it is one that doesn't tell yet. */
  version: string | null;
  /** Day of the built-in prices, `YYYY-MM-DD`; null: as above. */
  pricesDate: string | null;
  providers: Record<Provider, ProviderFacts>;
}

/** What became of a record that a guard was told of. */
export interface Applied {
  /** The version that the guard holds now. */
  version: number;
  /**
   * The guard's own record where it kept that one: a newer version, or one that the holder has changed since the record
   * that was handed in was made (`holderActedAt`). Null: it took what it was handed.
   */
  kept: TokenRecord | null;
}

/** Tokens that their holders changed (rotated, revoked), for the registry to take over. */
export interface HolderChanges {
  /** As the guards have them now, oldest change first; at most 100. */
  records: TokenRecord[];
  /** To ask with next time. */
  next: number;
}

/**
 * The gateway's RPC surface for the admin: a named `WorkerEntrypoint`, reachable by service binding alone. The admin
 * programs against this interface; `tsc` checks the gateway's class against it. Every method throws where the gateway's
 * storage fails.
 */
export interface ControlApi {
  /**
   * Makes the token's guard know a record. Calling it again with the same or an older version changes nothing.
   *
   * @throws where the record isn't readable, or the guard's storage fails; nothing was taken then
   */
  apply(record: TokenRecord): Promise<Applied>;
  /** Says what is configured. */
  facts(): Promise<GatewayFacts>;
  /**
   * Makes one free call with each key of a provider (a list of models), and notes what it shows. At most the first 40 keys.
   *
   * @returns in the order of the secret
   */
  checkKeys(provider: Provider): Promise<KeyCheck[]>;
  /**
   * Ends a token's streams and sockets that are open now; new requests are let through as before.
   *
   * @returns how many long ones were told at once; those younger than 2.5 s hear of it within 3 s, and aren't counted
   */
  endStreams(tokenId: string): Promise<number>;
  /** Usage, put together in groups: of one token from its guard, of all from the ledger. */
  usage(query: UsageQuery): Promise<UsageReport>;
  /** Usage as it is kept, row by row, for exports. */
  usageRows(query: UsageRowQuery): Promise<UsageRowPage>;
  /** A token's last requests, newest first. */
  requests(query: RequestQuery): Promise<RequestPage>;
  /** How a token's limits stand, and when it was used. */
  activity(tokenId: string): Promise<TokenActivity>;
  /**
   * What holders changed.
   *
   * @param after `next` of the answer before; 0: from the beginning
   */
  holderChanges(after: number): Promise<HolderChanges>;
  /** How tokens were used, in no order; without those that no request ever came with. At most 200 ids at once. */
  tokenUses(ids: readonly string[]): Promise<TokenUse[]>;
  /**
   * Tokens whose use has changed, each once, in the order of its last change; at most 1,000.
   *
   * @param after `next` of the answer before; 0: from the beginning. One of a ledger that was lost begins anew too.
   */
  useChanges(after: number): Promise<UseChanges>;
  /**
   * Usage of all tokens over time. Days and months are those in which requests were granted. Hours are told from reports,
   * which say days alone and come about 10 s behind: a request counts in the hour of 10 s before its report. What was
   * reported late, because the ledger was away, counts in the hour of the report, or in the last hour of its own day.
   * Where more than 1,000 models of a provider were named, the further ones are one: `(other models)`.
   */
  usageSeries(query: SeriesQuery): Promise<UsageSeries>;
  /**
   * What was used in spans of time, in their order; at most 20. Spans are told by the hour (an hour that is begun is told
   * whole) where hours are known: of the last 70 days, and not of days before the ledger began to keep them; else the first
   * and the last day are told whole.
   */
  spanTotals(spans: readonly UsageSpan[]): Promise<SpanTotals[]>;
  /**
   * Tokens near the end of a budget: each with the one of which the largest share is used, as its guard last told, the
   * fullest first. What has begun anew since isn't told.
   *
   * @param share 0–1: from which on they are told. Below 0.5 all tokens are looked at.
   * @param limit 1–1,000
   */
  nearBudgets(share: number, limit: number): Promise<NearBudget[]>;
  /** The gateway in numbers, for monitoring. */
  metrics(): Promise<GatewayMetrics>;
  /** The prices that are built in, without the owner's. */
  builtInPrices(): Promise<PriceList>;
  /** All webhooks, oldest first. */
  webhooks(): Promise<Webhook[]>;
  /**
   * Adds a webhook. Its signing secret is in this answer and in no other.
   *
   * @throws TypeError where it can't be one, which the admin's own check should have found; RangeError where there are 20
   */
  addWebhook(input: WebhookInput): Promise<NewWebhook>;
  /** @returns false where there is none of that id */
  removeWebhook(id: string): Promise<boolean>;
  /**
   * Sends an event of type `test` at once, and waits for the answer, 10 s at most.
   *
   * @returns null where there is no webhook of that id
   */
  tryWebhook(id: string): Promise<WebhookTrial | null>;
  /** A webhook's last tries, and what waits for it; null where there is none of that id. */
  webhookDeliveries(id: string): Promise<WebhookDeliveries | null>;
  /**
   * Sends an event to a webhook again, at once and under the same id, whatever came of it before.
   *
   * @param eventId from `webhookDeliveries`
   */
  resendEvent(id: string, eventId: string): Promise<Resent>;
  /**
   * Takes back that a webhook is gone (410) or rests after a failure: what waits is tried at once, and new events are sent.
   *
   * @returns false where there is none of that id
   */
  reviveWebhook(id: string): Promise<boolean>;
  /**
   * Gives a webhook a new signing secret. For 24 hours events are signed with the one before too, so that a receiver that
   * knows either accepts them.
   *
   * @returns the secret, in this answer and in no other; null where there is no webhook of that id
   */
  rotateWebhookSecret(id: string): Promise<string | null>;
}
