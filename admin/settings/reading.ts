import { version } from "../../package.json";
import type { AdminBindings } from "../bindings.ts";
import type { RegistryFacts } from "../registry/reports.ts";
import { ask, orNull } from "../usage/asking.ts";
import { dayOf } from "../usage/days.ts";

/** What is set, and how much of what the platform gives was used. */
export interface Settings {
  /** The gateway's address by the var `GATEWAY_URL`; null: it isn't set. */
  gatewayUrl: string | null;
  /** Whether the secret `METRICS_TOKEN` is set, and can be used. */
  metricsToken: boolean;
  defaultPolicy: { id: string; name: string } | null;
  /** How many there are; null where the gateway doesn't answer. */
  webhooks: number | null;
  versions: { admin: string; /** Null where the gateway doesn't answer. */ gateway: string | null };
  /** Day of the built-in prices, `YYYY-MM-DD`; null where the gateway doesn't answer. */
  pricesDate: string | null;
  /** Requests that the gateway let through or refused today, UTC; null where it doesn't answer. */
  requestsToday: number | null;
  registry: RegistryFacts;
}

/**
 * Asks everybody for what is set. Only the registry has to answer.
 *
 * @param now ms since 1970
 */
export async function readSettings(bindings: AdminBindings, now: number): Promise<Settings> {
  const { registry, gateway, gatewayUrl, metricsToken } = bindings;
  const today = dayOf(now);
  const [facts, { policies }, told, hooks, usage] = await Promise.all([
    registry.facts(),
    registry.listPolicies(),
    ask(gateway.facts()),
    ask(gateway.webhooks()),
    ask(gateway.usage({ tokenId: null, from: today, to: today, group: "provider" })),
  ]);
  const standard = policies.find(({ isDefault }) => isDefault) ?? null;
  const gatewayFacts = orNull(told);
  return {
    gatewayUrl,
    metricsToken: metricsToken !== null,
    defaultPolicy: standard === null ? null : { id: standard.id, name: standard.name },
    webhooks: orNull(hooks)?.length ?? null,
    versions: { admin: version, gateway: gatewayFacts?.version ?? null },
    pricesDate: gatewayFacts?.pricesDate ?? null,
    requestsToday: orNull(usage)?.total.requests ?? null,
    registry: facts,
  };
}
