import { type Figure, type Section, figure } from "./figure.ts";
import { freeDay, QUOTAS } from "./free-plan.ts";
import type { Measured, Pace } from "./measured.ts";
import type { Operations } from "./operations.ts";

/** Names, as they are measured. `unlimited` and `busy`: what `--json` tells. */
const WAYS = { unlimited: "token without limits", limited: "token with limits" } as const;
const PACES: Record<Pace, string> = { busy: "100 a second", calm: "one every 2 s" };

function countsOf(name: string, counts: Operations, isNamed: boolean): Figure[] {
  const { kvReads, kvWrites, guardCalls, objectRequests, rowsWritten } = counts;
  const of = (what: string): string => `${what} for 1,000 requests: ${name}`;
  return [
    figure(isNamed ? "perThousand.kvReads" : null, of("KV reads"), kvReads, ""),
    figure(isNamed ? "perThousand.kvWrites" : null, of("KV writes"), kvWrites, ""),
    figure(isNamed ? "perThousand.guardCalls" : null, of("guard calls"), guardCalls, ""),
    figure(null, of("requests to Durable Objects"), objectRequests, ""),
    figure(isNamed ? "perThousand.rowsWritten" : null, of("rows written"), rowsWritten, ""),
  ];
}

function dayOf(name: string, counts: Operations): Figure {
  const { requests, endsFirst } = freeDay(counts);
  return {
    ...figure(null, `requests a day on the free plan: ${name}`, requests ?? Number.NaN, "/day"),
    note: endsFirst === null ? "" : `${endsFirst.name} end first`,
  };
}

const QUOTA_WORDS = QUOTAS.map(({ name, perDay }) => `${perDay.toLocaleString("en")} ${name}`).join(", ");

/** What 1,000 requests make of what Cloudflare counts, and how many of them a day on the free plan has room for. */
export function operationSections({ operations }: Measured): Section[] {
  const all = (["unlimited", "limited"] as const).flatMap((way) =>
    (["busy", "calm"] as const).map((pace) => ({
      name: `${WAYS[way]}, ${PACES[pace]}`,
      counts: operations[way][pace],
      isNamed: way === "unlimited" && pace === "busy",
    })),
  );
  return [
    {
      title: "Operations",
      about:
        "What 1,000 requests of one token make the gateway do. What is busy is cheaper: the gateway asks and reports at most so often, however many requests there are.",
      figures: all.flatMap(({ name, counts, isNamed }) => countsOf(name, counts, isNamed)),
    },
    {
      title: "The free plan",
      about: `How many such requests a day Cloudflare's free plan carries (${QUOTA_WORDS}), where nothing else uses the account, and which quota ends first. Objects that can't hibernate also use up 13,000 GB-s a day, which isn't in it.`,
      figures: all.map(({ name, counts }) => dayOf(name, counts)),
    },
  ];
}
