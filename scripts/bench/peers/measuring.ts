// All rows are measured in turns, one after the other, so that a machine that gets slower meanwhile slows all; of the turns'
// figures the middle one counts.
import { type LoadResult, median } from "../jobs.ts";
import type { Stand } from "../stand.ts";
import { type Extent, load, type Seen, speedOf, withEach } from "./loading.ts";
import type { Answer, Row } from "./peer.ts";

/** What a row came to. Times in ms; NaN: not told. */
export interface Measured {
  answers: Record<Answer, Seen>;
  /** How much later the first byte of a JSON answer comes than from the first row, at the fixed rate. */
  addedFirstByte: { p50: number; p99: number };
  /** After the loads, in bytes. */
  memory: number;
}

/** What all rows came to, or why one could not be measured to its end. */
export interface Outcome {
  /** Requests a second of the fixed rate. */
  rate: number;
  measured: Map<Row, Measured>;
  failed: Map<Row, string>;
}

/** The fixed rate, where nobody is too slow for it; else this share of what the slowest can. */
const MOST_RATE = 400;
const SHARE = 0.4;

/** A rate that all can keep up with, in requests a second. */
export const rateFor = (slowest: number): number => Math.max(1, Math.floor(Math.min(MOST_RATE, slowest * SHARE)));

/** Of rounds, in each of which something was seen of each row: the middle of a row's values. */
const middle = <T>(rounds: readonly Map<Row, T>[], row: Row, value: (seen: T) => number): number =>
  median(rounds.flatMap((round) => (round.has(row) ? [value(round.get(row) as T)] : [])));

async function speeds(stand: Stand, rows: readonly Row[], failed: Map<Row, string>, answer: Answer, extent: Extent) {
  await withEach(rows, failed, async (row) => void (await load(stand, row, answer, extent.loadMs / 2)));
  const rounds: Map<Row, Seen>[] = [];
  for (let count = 0; count < extent.rounds; count++) {
    const round = new Map<Row, Seen>();
    await withEach(rows, failed, async (row) => {
      const speed = await speedOf(stand, row, answer, extent);
      const first = rows[0] === undefined || row === rows[0] ? speed : round.get(rows[0]);
      round.set(row, { ...speed, ratio: speed.perSecond / (first?.perSecond ?? Number.NaN) });
    });
    rounds.push(round);
  }
  return (row: Row): Seen => ({
    perSecond: middle(rounds, row, (seen) => seen.perSecond),
    cpuMs: middle(rounds, row, (seen) => seen.cpuMs),
    ratio: middle(rounds, row, (seen) => seen.ratio),
  });
}

async function firstBytes(
  stand: Stand,
  rows: readonly Row[],
  failed: Map<Row, string>,
  rate: number,
  { rounds: count, pacedMs }: Extent,
): Promise<(row: Row) => Measured["addedFirstByte"]> {
  const rounds: Map<Row, LoadResult["firstByte"]>[] = [];
  for (let done = 0; done < count; done++) {
    const round: Map<Row, LoadResult["firstByte"]> = new Map();
    await withEach(rows, failed, async (row) => {
      const { firstByte } = await load(stand, row, "json", pacedMs, rate);
      const first = (rows[0] && round.get(rows[0])) ?? { p50: 0, p99: 0 };
      round.set(row, row === rows[0] ? firstByte : { p50: firstByte.p50 - first.p50, p99: firstByte.p99 - first.p99 });
    });
    rounds.push(round);
  }
  return (row) =>
    row === rows[0]
      ? { p50: 0, p99: 0 }
      : { p50: middle(rounds, row, ({ p50 }) => p50), p99: middle(rounds, row, ({ p99 }) => p99) };
}

/**
 * Measures rows under the same load.
 *
 * @param rows the first is what all are compared with
 * @throws where the first can't be measured
 */
export async function measureRows(stand: Stand, rows: readonly Row[], extent: Extent): Promise<Outcome> {
  const failed = new Map<Row, string>();
  const json = await speeds(stand, rows, failed, "json", extent);
  const sse = await speeds(stand, rows, failed, "sse-50", extent);
  const left = (): Row[] => rows.filter((row) => !failed.has(row));
  const rate = rateFor(Math.min(...left().map((row) => json(row).perSecond)));
  const firstByte = await firstBytes(stand, rows, failed, rate, extent);
  const measured = new Map(
    left().map((row) => [
      row,
      {
        answers: { json: json(row), "sse-50": sse(row) },
        addedFirstByte: firstByte(row),
        memory: row.memory() ?? Number.NaN,
      },
    ]),
  );
  return { rate, measured, failed };
}
