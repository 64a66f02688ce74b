import type { Operations } from "./operations.ts";

/** What a request makes use of, beside itself: all that the free plan has a daily quota of. */
type Use = "requests" | Exclude<keyof Operations, "guardCalls">;

/** A daily quota of Cloudflare's free plan. */
export interface Quota {
  use: Use;
  /** In the plural. */
  name: string;
  /** For all Workers of an account, from 00:00 UTC on. */
  perDay: number;
}

/**
 * What the free plan carries in a day, as Cloudflare's documentation has it (November 2026): requests from
 * developers.cloudflare.com/workers/platform/limits, KV from developers.cloudflare.com/kv/platform/limits, Durable Objects
 * from developers.cloudflare.com/durable-objects/platform/pricing. There a call by RPC and an alarm are a request each; a row
 * of an index, a deleted row, a `put` of the key-value methods and a `setAlarm` are a written row each. Where two end at the
 * same request, the first of the list is named.
 *
 * Not in it: 13,000 GB-s in which objects are in memory and can't hibernate, which no local runtime tells.
 */
export const QUOTAS: readonly Quota[] = [
  { use: "requests", name: "requests to Workers", perDay: 100_000 },
  { use: "objectRequests", name: "requests to Durable Objects", perDay: 100_000 },
  { use: "rowsWritten", name: "rows written", perDay: 100_000 },
  { use: "kvReads", name: "KV reads", perDay: 100_000 },
  { use: "kvWrites", name: "KV writes", perDay: 1_000 },
];

/** How far a day on the free plan goes. */
export interface FreeDay {
  /** Whole requests; null: what they use wasn't measured. */
  requests: number | null;
  /** Which quota ends first; null with it. */
  endsFirst: Quota | null;
}

/**
 * Works out how many requests a day the free plan carries, where nothing else uses the account.
 *
 * @param perThousand what 1,000 requests make use of; NaN: not measured
 */
export function freeDay(perThousand: Operations): FreeDay {
  const uses: Record<Use, number> = { ...perThousand, requests: 1_000 };
  let day: FreeDay = { requests: null, endsFirst: null };
  for (const quota of QUOTAS) {
    const used = uses[quota.use];
    // What isn't known may be what ends first.
    if (Number.isNaN(used)) return { requests: null, endsFirst: null };
    // Infinity where nothing of it is used. The division comes last, so that whole numbers stay whole.
    const requests = Math.floor((quota.perDay * 1_000) / used);
    if (day.requests === null || requests < day.requests) day = { requests, endsFirst: quota };
  }
  return day;
}
