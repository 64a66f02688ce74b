import type { KeyCheck, KeyCheckResult } from "../../shared/control.ts";
import type { Provider } from "../../shared/providers.ts";
import type { AdminBindings } from "../bindings.ts";
import type { AuditEntry } from "../registry/reports.ts";
import type { Actor } from "../registry/types.ts";
import { doneBy } from "../usage/asking.ts";

/** The gateway itself waits 10 s for a provider. */
const CHECK_MS = 13_000;
/** How many looks back the last one of each provider is searched for. */
const LOOKED_BACK = 30;

const RESULT_WORDS: Record<KeyCheckResult, string> = {
  ok: "accepted",
  rejected: "rejected",
  throttled: "throttled, or out of money",
  failed: "not answered for: the provider has a fault, or doesn't serve the gateway's location",
  unreachable: "no answer within 10 s",
};

/** What became of a look at a key, in words. */
export function checkWords({ place, result, status, code, ms }: KeyCheck): string {
  const answered = status === null ? [] : [`status ${status}${code === null ? "" : ` ${code}`}`];
  return [`Key ${place}: ${RESULT_WORDS[result]}`, ...answered, `${ms} ms`].join(", ");
}

/**
 * Makes one free call with each key of a provider, and writes into the audit log what it showed.
 *
 * @throws ProblemError 503 where the gateway doesn't answer
 */
export async function checkProvider(
  { gateway, registry }: Pick<AdminBindings, "gateway" | "registry">,
  provider: Provider,
  actor: Actor,
): Promise<KeyCheck[]> {
  const checks = await doneBy(gateway.checkKeys(provider), CHECK_MS);
  const changes = {
    provider: { before: null, after: provider },
    answer: { before: null, after: checks.map(checkWords) },
  };
  await registry.noteAtGateway("provider.check", changes, actor);
  return checks;
}

/** The last look at each provider's keys, as the audit log has it. */
export type LastChecks = ReadonlyMap<string, { at: number; answers: readonly string[] }>;

type Told = readonly [provider: string, check: { at: number; answers: readonly string[] }];

function toldBy({ at, changes }: AuditEntry): Told[] {
  const [name, answers] = [changes["provider"]?.after, changes["answer"]?.after];
  return typeof name === "string" && Array.isArray(answers) ? [[name, { at, answers }]] : [];
}

/** Finds the last look at each provider's keys among the newest. */
export async function lastChecks({ registry }: Pick<AdminBindings, "registry">): Promise<LastChecks> {
  const filter = { tokenId: null, action: "provider.check" as const, before: null, limit: LOOKED_BACK };
  const { entries } = await registry.readAudit(filter);
  // The oldest first, so that the newest stays.
  return new Map(entries.toReversed().flatMap(toldBy));
}
