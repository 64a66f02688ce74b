import type { GatewayFacts } from "../../shared/control.ts";
import type { GatewayMetrics, ModelTotals, TokenTotals } from "../../shared/metrics.ts";
import { PROVIDERS } from "../../shared/providers.ts";
import { COUNT_NAMES, type CountName, ERROR_KINDS } from "../../shared/usage.ts";
import type { RegistryOverview } from "../registry/reports.ts";
import { toUsd } from "./amounts.ts";
import type { Labels } from "./labels.ts";
import type { Family, SampleLabels } from "./prometheus.ts";

/** What is told to a monitoring system; null: what doesn't answer. */
export interface Monitored {
  version: string;
  overview: Omit<RegistryOverview, "rebuild">;
  kvAnswers: boolean;
  facts: GatewayFacts | null;
  metrics: GatewayMetrics | null;
  /** Of the tokens in `metrics`. */
  labels: Labels;
}

type Samples = Family["samples"];

const counter = (name: string, help: string, samples: Samples): Family => ({
  name: `doppelgate_${name}_total`,
  type: "counter",
  help,
  samples,
});
const gauge = (name: string, help: string, samples: Samples): Family => ({
  name: `doppelgate_${name}`,
  type: "gauge",
  help,
  samples,
});

const flag = (value: boolean): number => Number(value);

/** Counts that aren't tokens have a name and a unit of their own. */
const OTHER_COUNTS = { webSearches: "web_searches", audioSeconds: "audio_seconds" } as const;
const isTokens = (name: CountName): boolean => !Object.hasOwn(OTHER_COUNTS, name);
/** `cacheWriteLong` as `cache_write_long`: labels of Prometheus are written so. */
const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const ofModel = ({ provider, model }: ModelTotals): SampleLabels => ({ provider, model });

function modelFamilies(models: readonly ModelTotals[]): Family[] {
  const each = (value: (one: ModelTotals) => number): Samples => models.map((one) => [ofModel(one), value(one)]);
  const errors = models.flatMap((one) =>
    ERROR_KINDS.map((kind) => [{ ...ofModel(one), kind: snake(kind) }, one.errors[kind]] as const),
  );
  // Most models have most kinds never: they are left out, or the answer would be mostly zeros.
  const tokens = models.flatMap((one) =>
    COUNT_NAMES.filter((name) => isTokens(name) && one.counts[name] > 0).map(
      (name) => [{ ...ofModel(one), kind: snake(name) }, one.counts[name]] as const,
    ),
  );
  return [
    counter(
      "requests",
      "Requests that went to a provider or were refused.",
      each(({ requests }) => requests),
    ),
    counter("errors", "Requests that were no success, by kind.", errors),
    counter(
      "usage_tokens",
      "Tokens of models, by kind. The kinds input and output hold all others: add up these two alone.",
      tokens,
    ),
    counter(
      OTHER_COUNTS.webSearches,
      "Searches that providers made.",
      each(({ counts }) => counts.webSearches),
    ),
    counter(
      OTHER_COUNTS.audioSeconds,
      "Seconds of audio billed by time.",
      each(({ counts }) => counts.audioSeconds),
    ),
    counter(
      "spend_dollars",
      "US dollars, of what has a price.",
      each(({ micros }) => toUsd(micros)),
    ),
  ];
}

function tokenFamilies(tokens: readonly TokenTotals[], labels: Labels): Family[] {
  const each = (value: (one: TokenTotals) => number): Samples =>
    tokens.map((one) => [{ token_id: one.tokenId, label: labels.get(one.tokenId) ?? "" }, value(one)]);
  return [
    counter(
      "token_requests",
      "Requests of a token: of the 1,000 used last.",
      each(({ requests }) => requests),
    ),
    counter(
      "token_spend_dollars",
      "US dollars spent by a token: of the 1,000 used last.",
      each((one) => toUsd(one.micros)),
    ),
    gauge(
      "token_last_used_timestamp_seconds",
      "When a token was last used.",
      each(({ lastUsedAt }) => lastUsedAt / 1000),
    ),
  ];
}

function keyFamilies({ providers }: GatewayFacts): Family[] {
  const keys = PROVIDERS.flatMap((provider) =>
    providers[provider].keys.map(
      ({ fingerprint, rejectedAt }) => [{ provider, key: fingerprint }, flag(rejectedAt === null)] as const,
    ),
  );
  const configured = PROVIDERS.map((provider) => [{ provider }, flag(providers[provider].configured)] as const);
  return [
    gauge("provider_configured", "Whether the provider has a key.", configured),
    gauge("provider_key_up", "Whether the provider accepts the key, as far as is known.", keys),
  ];
}

const counts = (of: Readonly<Record<string, number>>, label: string): Samples =>
  Object.entries(of).map(([name, count]) => [{ [label]: name }, count]);

function ownFamilies({ version, overview, kvAnswers, facts, metrics }: Monitored): Family[] {
  const up = { gateway: flag(facts !== null), ledger: flag(metrics !== null), kv: flag(kvAnswers) };
  return [
    gauge("info", "The version of the admin.", [[{ version }, 1]]),
    gauge("up", "Whether a part answers.", counts(up, "part")),
    gauge("tokens", "Tokens by their status.", counts(overview.tokens, "status")),
    gauge("unpublished", "What isn't confirmed yet, by where; it is tried again.", counts(overview.pending, "target")),
  ];
}

/** Everything that is monitored, as families of samples. What doesn't answer is left out, and `doppelgate_up` says so. */
export function familiesOf(monitored: Monitored): Family[] {
  const { facts, metrics, labels } = monitored;
  const waiting = metrics === null ? [] : [[{}, metrics.webhooksWaiting] as const];
  return [
    ...ownFamilies(monitored),
    ...(facts === null ? [] : keyFamilies(facts)),
    ...(metrics === null ? [] : [...modelFamilies(metrics.models), ...tokenFamilies(metrics.tokens, labels)]),
    gauge("webhook_events_waiting", "Events that wait to be delivered to webhooks.", waiting),
  ];
}
