// What the bench asks of its load generator, and what that tells: what goes between their two processes.

/** Requests of one kind, sent again and again over connections that stay open. */
export interface LoadJob {
  kind: "load";
  port: number;
  /** Of one request, with its head. */
  request: string;
  connections: number;
  /** How long, in ms; what is on its way then is waited for. */
  forMs: number;
  /** Requests a second over all connections; null: each is sent when the one before is answered. */
  rate: number | null;
}

/** What came of it. Times in ms. */
export interface LoadResult {
  requests: number;
  /** Answers that weren't 200. */
  failed: number;
  tookMs: number;
  /** Until the first byte of the answer. */
  firstByte: Percentiles;
}

/** One answer, whose words say when they were sent. */
export interface StreamJob {
  kind: "stream";
  port: number;
  request: string;
}

/** How long words were on their way, in ms. */
export interface StreamResult {
  delays: number[];
}

/** One answer, however long. */
export interface SingleJob {
  kind: "single";
  port: number;
  request: string;
}

/** What one answer took. */
export interface SingleResult {
  status: number;
  size: number;
  tookMs: number;
}

/** Messages over one WebSocket. */
export interface SocketJob {
  kind: "socket";
  url: string;
  headers: Record<string, string>;
  /** How many messages come back in all. */
  messages: number;
  /** How many come back for each that is sent. */
  each: number;
}

/** How long they took. */
export interface SocketResult {
  tookMs: number;
}

/** A job and what it leads to, by its kind. */
export interface Jobs {
  load: [LoadJob, LoadResult];
  stream: [StreamJob, StreamResult];
  single: [SingleJob, SingleResult];
  socket: [SocketJob, SocketResult];
}

/** Any job. */
export type Job = Jobs[keyof Jobs][0];

/** In ms. */
export interface Percentiles {
  p50: number;
  p99: number;
}

/** The value that a share of all values isn't over. `share`: from 0 to 1. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The middle of some values. */
export const median = (values: readonly number[]): number => percentile(values, 0.5);
