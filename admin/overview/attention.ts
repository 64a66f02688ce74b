import type { GatewayFacts, KeyFacts, ProviderFacts } from "../../shared/control.ts";
import { PROVIDERS, type Provider } from "../../shared/providers.ts";
import type { Webhook } from "../../shared/webhooks.ts";
import type { RegistryAttention, TokensFound } from "../registry/attention.ts";
import type { RebuildReport } from "../registry/reports.ts";
import { isDelivered } from "../webhooks/actions.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** From this age on, built-in prices may have been overtaken. */
const OLD_PRICES_DAYS = 120;

/** Something that needs the owner's attention, with its facts. Times are ms since 1970. */
export type Finding =
  | { kind: "gateway_unreachable" | "no_provider_key" | "kv_unreachable" }
  | { kind: "key_rejected" | "some_keys_rejected"; provider: Provider; keys: number; rejected: number; at: number }
  /** Of all keys of the provider. */
  | { kind: "keys_throttled"; provider: Provider; keys: number; until: number }
  /** There are live tokens that are for these alone. */
  | { kind: "providers_without_key"; providers: Provider[] }
  | ({ kind: "budgets_used_up" | "budgets_near" | "tokens_expiring" | "tokens_unused" } & TokensFound)
  | ({ kind: "changes_pending" } & RegistryAttention["pending"])
  | ({ kind: "rebuild_running" } & Pick<RebuildReport, "target" | "startedAt" | "problem">)
  | { kind: "webhooks_failing"; count: number; givenUp: number }
  | { kind: "prices_old"; date: string; days: number };
/** What a finding is of. */
export type FindingKind = Finding["kind"];

/** All kinds, the most urgent first: what stops all holders, what stops some, what will soon, what can wait. */
export const FINDING_KINDS = [
  "gateway_unreachable",
  "no_provider_key",
  "key_rejected",
  "kv_unreachable",
  "keys_throttled",
  "providers_without_key",
  "changes_pending",
  "budgets_used_up",
  "budgets_near",
  "tokens_expiring",
  "some_keys_rejected",
  "webhooks_failing",
  "rebuild_running",
  "tokens_unused",
  "prices_old",
] as const satisfies readonly FindingKind[];

/** What was told, by whoever answered; null: nobody did. */
export interface Known {
  registry: RegistryAttention;
  facts: GatewayFacts | null;
  webhooks: readonly Webhook[] | null;
  kvAnswers: boolean;
}

/** Until when a key has no more to give; a gateway that is older than the admin doesn't tell it. */
const throttledUntil = (key: KeyFacts): number => key.throttledUntil ?? 0;

function throttledFinding([provider, { keys }]: [Provider, ProviderFacts], now: number): Finding[] {
  // The first one that can be used again ends it.
  const until = Math.min(...keys.filter(({ rejectedAt }) => rejectedAt === null).map(throttledUntil));
  return Number.isFinite(until) && until > now ? [{ kind: "keys_throttled", provider, keys: keys.length, until }] : [];
}

function rejectedFinding([provider, facts]: [Provider, ProviderFacts]): Finding[] {
  if (facts.rejectedAt === null) return [];
  const rejected = facts.keys.filter(({ rejectedAt }) => rejectedAt !== null).length;
  const keys = facts.keys.length;
  const kind = rejected < keys ? "some_keys_rejected" : "key_rejected";
  return [{ kind, provider, keys, rejected, at: facts.rejectedAt }];
}

function ofKeys({ providers }: GatewayFacts, { providerSets }: RegistryAttention, now: number): Finding[] {
  const without = PROVIDERS.filter((provider) => !providers[provider].configured);
  if (without.length === PROVIDERS.length) return [{ kind: "no_provider_key" }];
  // A token that is for others too still works, and most are for all providers because nobody chose: only what can do
  // nothing at all is worth a line that never goes away by itself.
  const idle = providerSets.filter((set) => set.every((provider) => without.includes(provider)));
  const lacking = PROVIDERS.filter((provider) => idle.some((set) => set.includes(provider)));
  const each = PROVIDERS.map((provider): [Provider, ProviderFacts] => [provider, providers[provider]]);
  return [
    ...each.flatMap(rejectedFinding),
    ...each.flatMap((one) => throttledFinding(one, now)),
    ...(lacking.length === 0 ? [] : [{ kind: "providers_without_key" as const, providers: lacking }]),
  ];
}

function ofPrices({ pricesDate }: GatewayFacts, now: number): Finding[] {
  if (pricesDate === null) return [];
  const days = Math.floor((now - Date.parse(pricesDate)) / DAY_MS);
  return days > OLD_PRICES_DAYS ? [{ kind: "prices_old", date: pricesDate, days }] : [];
}

// What was given up stays counted; only a webhook whose last try failed too can be mended.
function ofWebhooks(webhooks: readonly Webhook[]): Finding[] {
  const failing = webhooks.filter(
    ({ givenUp, lastTry }) =>
      lastTry !== null && !isDelivered({ ...lastTry, problem: null }) && (givenUp > 0 || lastTry.status === 410),
  );
  const givenUp = failing.reduce((sum, webhook) => sum + webhook.givenUp, 0);
  return failing.length === 0 ? [] : [{ kind: "webhooks_failing", count: failing.length, givenUp }];
}

// A change is published with the action itself, so one that isn't due again yet may still be on its first way.
function ofPending(pending: RegistryAttention["pending"], now: number): Finding[] {
  const { tokens, settings, since } = pending;
  const isLate = settings > 0 || (tokens > 0 && (since ?? now) <= now);
  return isLate ? [{ kind: "changes_pending", ...pending }] : [];
}

function ofRebuild(rebuild: RebuildReport | null): Finding[] {
  if (rebuild === null) return [];
  const { target, startedAt, problem } = rebuild;
  return [{ kind: "rebuild_running", target, startedAt, problem }];
}

const ofTokens = (kind: "budgets_used_up" | "budgets_near" | "tokens_expiring" | "tokens_unused", found: TokensFound) =>
  found.count === 0 ? [] : [{ kind, ...found }];

/**
 * What needs the owner's attention, the most urgent first; empty: nothing.
 *
 * @param now ms since 1970
 */
export function findingsOf({ registry, facts, webhooks, kvAnswers }: Known, now: number): Finding[] {
  const found: Finding[] = [
    ...(facts === null ? [{ kind: "gateway_unreachable" as const }] : ofKeys(facts, registry, now)),
    ...(kvAnswers ? [] : [{ kind: "kv_unreachable" as const }]),
    ...ofPending(registry.pending, now),
    ...ofTokens("budgets_used_up", registry.budgetsUsedUp),
    ...ofTokens("budgets_near", registry.budgetsNear),
    ...ofTokens("tokens_expiring", registry.expiring),
    ...ofTokens("tokens_unused", registry.unused),
    ...ofRebuild(registry.rebuild),
    ...ofWebhooks(webhooks ?? []),
    ...(facts === null ? [] : ofPrices(facts, now)),
  ];
  const place = ({ kind }: Finding): number => FINDING_KINDS.indexOf(kind);
  return found.toSorted((one, other) => place(one) - place(other));
}
