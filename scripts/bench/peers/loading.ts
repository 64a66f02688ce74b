// One load on one row.
import { setTimeout as sleep } from "node:timers/promises";
import type { LoadResult } from "../jobs.ts";
import { textOf } from "../requests.ts";
import type { Stand } from "../stand.ts";
import type { Answer, Row } from "./peer.ts";

/** How long and how often is measured. */
export interface Extent {
  /** Turns. */
  rounds: number;
  /** Of one load, in ms. */
  loadMs: number;
  /** Of one load at a fixed rate, in ms. */
  pacedMs: number;
  /** Waited for after a load, in ms: what goes on behind the answers belongs to them. */
  settleMs: number;
}

/** What one load came to. */
export interface Seen {
  perSecond: number;
  /** Of a request; NaN where it isn't told. */
  cpuMs: number;
  /** ÷ the first row's. */
  ratio: number;
}

const CONNECTIONS = 16;

/**
 * Does something with every row that hasn't failed. One that fails now is left out from then on, unless it is the first, which
 * all are compared with.
 */
export async function withEach(
  rows: readonly Row[],
  failed: Map<Row, string>,
  act: (row: Row) => Promise<void>,
): Promise<void> {
  for (const row of rows) {
    if (failed.has(row)) continue;
    try {
      await act(row);
    } catch (error) {
      if (row === rows[0]) throw error;
      failed.set(row, error instanceof Error ? error.message : String(error));
    }
  }
}

/**
 * Asks a row again and again over 16 connections.
 *
 * @param forMs how long, in ms
 * @param rate requests a second; null: each is sent when the one before is answered
 * @throws Error where a request fails
 */
export async function load(
  stand: Stand,
  row: Row,
  answer: Answer,
  forMs: number,
  rate: number | null = null,
): Promise<LoadResult> {
  const request = textOf(row.question(answer));
  const result = await stand.run<"load">({
    kind: "load",
    port: row.port,
    request,
    connections: CONNECTIONS,
    forMs,
    rate,
  });
  if (result.failed > 0) throw new Error(`${result.failed} of ${result.requests} requests for ${answer} failed`);
  return result;
}

/** How fast a row is, and what a request costs it. */
export async function speedOf(
  stand: Stand,
  row: Row,
  answer: Answer,
  { loadMs, settleMs }: Pick<Extent, "loadMs" | "settleMs">,
): Promise<Omit<Seen, "ratio">> {
  const before = row.cpuMs() ?? Number.NaN;
  const { requests, tookMs } = await load(stand, row, answer, loadMs);
  await sleep(settleMs);
  return { perSecond: (requests * 1000) / tookMs, cpuMs: ((row.cpuMs() ?? Number.NaN) - before) / requests };
}
