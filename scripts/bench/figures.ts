// What the bench asks, of what, in which order; and what it finds, with the mark that each figure is held to.
import {
  addedDelay,
  addedFirstByte,
  compareSingle,
  compareSocket,
  compareSpeed,
  type Effort,
  growthOver,
} from "./measures.ts";
import type { Operations } from "./operations.ts";
import type { Stand } from "./stand.ts";

/** One figure. */
export interface Figure {
  /** Where it stands in `--json`: names with dots between them. Null: in the table alone. */
  key: string | null;
  name: string;
  value: number;
  unit: "×" | "ms" | "MiB" | "KiB" | "/s" | "";
  /** What it is held to, as words; empty: nothing. */
  mark: string;
  /** Whether it keeps to that. */
  kept: boolean | null;
}

const atLeast = (least: number) => ({ mark: `≥ ${least}`, keeps: (value: number) => value >= least });
const atMost = (most: number) => ({ mark: `≤ ${most}`, keeps: (value: number) => value <= most });
type Mark = ReturnType<typeof atLeast> | null;

/** Makes a figure. A value that couldn't be measured keeps no mark and breaks none. */
export function figure(
  key: string | null,
  name: string,
  value: number,
  unit: Figure["unit"],
  mark: Mark = null,
): Figure {
  const kept = mark === null || Number.isNaN(value) ? null : mark.keeps(value);
  return { key, name, value, unit, mark: mark?.mark ?? "", kept };
}

/** What a run does. */
export interface Extent extends Effort {
  /** Chunks of the long relay. */
  chunks: number;
  megabytes: number;
  messages: number;
}

const MIB = 1024 * 1024;
const FREE_PLAN_CPU_MS = 10;

async function speeds(stand: Stand, effort: Effort): Promise<Figure[]> {
  const json = await compareSpeed(stand, ["unlimited", "limited", "direct"], "json", effort);
  const sse = await compareSpeed(stand, ["unlimited"], "sse-50", effort);
  return [
    figure(null, "requests a second: the provider, asked directly", json.direct.perSecond, "/s"),
    figure(null, "requests a second: bare passthrough Worker (the baseline)", json.baseline.perSecond, "/s"),
    figure(null, "requests a second: token without limits", json.unlimited.perSecond, "/s"),
    figure(null, "requests a second: token with a budget and a rate limit", json.limited.perSecond, "/s"),
    figure("rps.unlimited", "token without limits, ÷ baseline", json.unlimited.ratio, "×", atLeast(0.75)),
    figure("rps.limited", "token with a budget and a rate limit, ÷ baseline", json.limited.ratio, "×", atLeast(0.45)),
    figure("rps.sse50", "50-chunk event stream, metered, ÷ baseline", sse.unlimited.ratio, "×", atLeast(0.55)),
    figure(null, "the same by CPU time of workerd: without limits", json.unlimited.cpuRatio, "×"),
    figure(null, "the same by CPU time of workerd: with limits", json.limited.cpuRatio, "×"),
    figure(null, "the same by CPU time of workerd: event stream", sse.unlimited.cpuRatio, "×"),
    figure(null, "CPU time of a request: baseline", json.baseline.cpuMs, "ms"),
    figure("cpuMs.request", "CPU time of a request: token without limits", json.unlimited.cpuMs, "ms", atMost(3)),
    figure(null, "CPU time of a request: token with limits", json.limited.cpuMs, "ms", atMost(FREE_PLAN_CPU_MS)),
  ];
}

async function delays(stand: Stand, effort: Effort): Promise<Figure[]> {
  const firstBytes = await addedFirstByte(stand, [1, 16, 128], 400, effort);
  const chunks = await addedDelay(stand, 60, effort.rounds);
  return [
    ...firstBytes.flatMap(({ connections, p50, p99 }) => {
      const name = `first byte later than behind the baseline, ${connections} connections, 400 requests a second`;
      const key = connections === 16 ? "ttfbAddedMs" : null;
      return [
        figure(key && `${key}.p50`, `${name}: median`, p50, "ms"),
        figure(key && `${key}.p99`, `${name}: p99`, p99, "ms"),
      ];
    }),
    figure("chunkDelayMs.p50", "words of a slow stream (every 30 ms) later: median", chunks.p50, "ms", atMost(1)),
    figure("chunkDelayMs.p99", "words of a slow stream (every 30 ms) later: p99", chunks.p99, "ms", atMost(5)),
  ];
}

async function long(stand: Stand, { rounds, chunks, megabytes, messages }: Extent): Promise<Figure[]> {
  const stream = await compareSingle(stand, "sse-1000", rounds + 4);
  const relay = await compareSingle(stand, `many-${chunks}`, Math.min(rounds, 3));
  const grown = await growthOver(stand, megabytes);
  const socket = await compareSocket(stand, messages, 50, rounds);
  return [
    figure(
      "cpuMs.stream1000",
      "CPU time of a streamed answer of 1,000 chunks",
      stream.cpuMs,
      "ms",
      atMost(FREE_PLAN_CPU_MS),
    ),
    figure(null, "the same, beyond the baseline's", stream.addedCpuMs, "ms", atMost(3)),
    figure("relay200k", `time of ${chunks} small chunks, ÷ baseline`, relay.timeRatio, "×", atMost(1.8)),
    figure(
      null,
      `memory that a body of ${megabytes} MB adds to workerd`,
      (grown ?? Number.NaN) / MIB,
      "MiB",
      atMost(32),
    ),
    figure("websocket", "messages a second over a WebSocket, ÷ baseline", socket, "×", atLeast(0.7)),
  ];
}

/** Measures all that needs the stand. */
export async function measureAll(stand: Stand, extent: Extent): Promise<Figure[]> {
  return [...(await speeds(stand, extent)), ...(await delays(stand, extent)), ...(await long(stand, extent))];
}

/** What 1,000 requests of a token do, as figures. `key`: whether these are the ones of `--json`. */
export function operationFigures(
  name: string,
  { kvReads, kvWrites, guardCalls, rowsWritten }: Operations,
  key: boolean,
): Figure[] {
  const at = (part: string): string | null => (key ? `perThousand.${part}` : null);
  return [
    figure(at("kvReads"), `KV reads for 1,000 requests: ${name}`, kvReads, ""),
    figure(at("kvWrites"), `KV writes for 1,000 requests: ${name}`, kvWrites, ""),
    figure(at("guardCalls"), `guard calls for 1,000 requests: ${name}`, guardCalls, ""),
    figure(at("rowsWritten"), `rows written for 1,000 requests: ${name}`, rowsWritten, ""),
  ];
}
