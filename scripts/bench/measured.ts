// All that the bench measures, before it is made into figures.
import type { WorkerName } from "./bundles.ts";
import type { Percentiles } from "./jobs.ts";
import type { Compared, Effort, Single } from "./measures.ts";
import type { Operations } from "./operations.ts";
import type { Size } from "./growth/filling.ts";

/** What a run does. */
export interface Extent extends Effort {
  /** Chunks of the long relay. */
  chunks: number;
  megabytes: number;
  messages: number;
  /** How long a token is used while operations are counted, and beforehand, in ms. */
  countMs: Record<Pace | "warm", number>;
  /** Starts of each Worker. */
  starts: number;
  /** What is stored at the large size of the growth. */
  growth: Size;
  /** How often each page is asked for at each size. */
  growthRounds: number;
}

/** The connections that first bytes are measured over. */
export const CONNECTIONS = [1, 16, 128] as const;

/** How often a token of the counted operations is used. */
export type Pace = "busy" | "calm";

/** How times grow from little stored to much: ratios of medians. */
export interface Growth {
  /** A request with a token that was used within the second. */
  authorize: number;
  /** The first request with a token. */
  authorizeCold: number;
  /** All pages of the console together that show as much with a thousand tokens, against those. */
  console: number;
  /** How many of them take more than a fifth longer, and how many there are. */
  grown: number;
  pages: number;
  /** The slowest page at the large size, in ms. */
  slowestMs: number;
}

/** Everything that a run measures. NaN: this wasn't measured. */
export interface Measured {
  extent: Extent;
  json: Record<"direct" | "baseline" | "least" | "open" | "unlimited" | "limited", Compared>;
  sse: Record<"baseline" | "least" | "unlimited", Compared>;
  firstBytes: readonly (Percentiles & { connections: number })[];
  chunks: Percentiles;
  /** Answers of 1,000 chunks, as many as go through. */
  stream: Record<"baseline" | "least" | "unlimited", Compared>;
  /** One of them by itself, after a pause in which everything went cold. */
  lone: Single;
  relay: Single;
  /** Memory that a long body adds to workerd, in bytes. */
  grownBytes: number;
  /** Messages a second over a WebSocket ÷ the baseline's. */
  socket: { toRelay: number; toBaseline: number };
  /** What 1,000 requests do. */
  operations: Record<"unlimited" | "limited", Record<Pace, Operations>>;
  /** KiB after gzip. */
  bundles: Record<WorkerName, number>;
  /** ms beyond an empty Worker. */
  starts: Record<WorkerName, number>;
  growth: Growth;
}

const NONE = Number.NaN;
const COMPARED: Compared = { perSecond: NONE, cpuMs: NONE, ratio: NONE, cpuRatio: NONE };
const SINGLE: Single = { cpuMs: NONE, addedCpuMs: NONE, timeRatio: NONE };
const OPERATIONS: Operations = {
  kvReads: NONE,
  kvWrites: NONE,
  guardCalls: NONE,
  objectRequests: NONE,
  rowsWritten: NONE,
};
const PACES = { busy: OPERATIONS, calm: OPERATIONS };

/** A run that has measured nothing: what its figures are called is known before. */
export const nothingMeasured = (extent: Extent): Measured => ({
  extent,
  json: {
    direct: COMPARED,
    baseline: COMPARED,
    least: COMPARED,
    open: COMPARED,
    unlimited: COMPARED,
    limited: COMPARED,
  },
  sse: { baseline: COMPARED, least: COMPARED, unlimited: COMPARED },
  firstBytes: CONNECTIONS.map((connections) => ({ connections, p50: NONE, p99: NONE })),
  chunks: { p50: NONE, p99: NONE },
  stream: { baseline: COMPARED, least: COMPARED, unlimited: COMPARED },
  lone: SINGLE,
  relay: SINGLE,
  grownBytes: NONE,
  socket: { toRelay: NONE, toBaseline: NONE },
  operations: { unlimited: PACES, limited: PACES },
  bundles: { gateway: NONE, admin: NONE },
  starts: { gateway: NONE, admin: NONE },
  growth: { authorize: NONE, authorizeCold: NONE, console: NONE, grown: NONE, pages: NONE, slowestMs: NONE },
});
