import { portOf, requestOf } from "./requests.ts";
import { type Stand, startStand } from "./stand.ts";

/** What 1,000 requests make of what Cloudflare counts. */
export interface Operations {
  kvReads: number;
  kvWrites: number;
  /** Calls to guards from the Worker. */
  guardCalls: number;
  /** All that Cloudflare counts as a request to a Durable Object: those calls, what guards report to the ledger, alarms. */
  objectRequests: number;
  /** Rows of all Durable Objects: those of indexes too, and one for each alarm that is set. */
  rowsWritten: number;
}

/** Longer than the gateway gathers what it tells of several requests. */
const REPORTED_MS = 12_000;

async function countsNow({ ports, kv }: Stand): Promise<Operations> {
  const counts = await fetch(`http://127.0.0.1:${ports.gateway}/-/counts`);
  const counted = (await counts.json()) as Omit<Operations, "kvReads" | "kvWrites">;
  return { kvReads: kv.reads, kvWrites: kv.writes, ...counted };
}

/** How a token is used while operations are counted. */
export interface Use {
  /** Requests a second: the fewer come at once, the more each of them costs. */
  rate: number;
  forMs: number;
  /** How long it is used beforehand, in ms: a token's first requests make the tables that all later ones write to. */
  warmMs: number;
}

/** Counts what requests of a token do, in a stand of its own. */
export async function countOperations(way: "unlimited" | "limited", { rate, forMs, warmMs }: Use): Promise<Operations> {
  const stand = await startStand("scripts/bench/counting.ts");
  try {
    const job = { port: portOf(stand, way), request: requestOf(stand, way, "json"), connections: rate > 1 ? 8 : 1 };
    const use = async (milliseconds: number): Promise<number> => {
      const load = { kind: "load", ...job, forMs: milliseconds, rate } as const;
      const { requests, failed } = await stand.run<"load">(load);
      if (failed > 0) throw new Error(`${failed} of ${requests} requests failed.`);
      await new Promise((resolve) => setTimeout(resolve, REPORTED_MS));
      return requests;
    };
    if (warmMs > 0) await use(warmMs);
    const before = await countsNow(stand);
    const requests = await use(forMs);
    const after = await countsNow(stand);
    const share = (name: keyof Operations): number => ((after[name] - before[name]) * 1000) / requests;
    return {
      kvReads: share("kvReads"),
      kvWrites: share("kvWrites"),
      guardCalls: share("guardCalls"),
      objectRequests: share("objectRequests"),
      rowsWritten: share("rowsWritten"),
    };
  } finally {
    await stand.dispose();
  }
}
