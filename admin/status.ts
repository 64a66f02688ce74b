import { version } from "../package.json";
import type { GatewayFacts } from "../shared/control.ts";
import { inTime } from "./deadline.ts";
import type { AdminBindings } from "./bindings.ts";
import type { RegistryOverview } from "./registry/reports.ts";

/** How the whole stands. */
export interface Status extends RegistryOverview {
  version: string;
  /** `providers`: null where the gateway doesn't answer. */
  gateway: { reachable: boolean; providers: GatewayFacts["providers"] | null };
  kv: { reachable: boolean };
}

/** Asks everybody how they are. Only the registry has to answer; the others may be missing or failing. */
export async function readStatus({ registry, gateway, probeKv }: AdminBindings): Promise<Status> {
  const [overview, providers, kvAnswers] = await Promise.all([
    registry.overview(),
    inTime(gateway.facts()).then(
      (facts) => facts.providers,
      () => null,
    ),
    inTime(probeKv()).then(
      () => true,
      () => false,
    ),
  ]);
  return { ...overview, version, gateway: { reachable: providers !== null, providers }, kv: { reachable: kvAnswers } };
}
