// What is measured, each by itself. What is compared is measured in turns, so that a machine that gets slower meanwhile slows
// both; of the turns' ratios the middle one counts.
import { type LoadResult, median, type Percentiles, percentile } from "./jobs.ts";
import { keyOf, portOf, requestOf, type Way } from "./requests.ts";
import type { Stand } from "./stand.ts";

/** How long and how often is measured. */
export interface Effort {
  /** Turns. */
  rounds: number;
  /** Of one load, in ms. */
  loadMs: number;
  /** Of the load before the first turn, in ms: what is hot has been compiled by then. */
  warmMs: number;
}

async function loaded(stand: Stand, way: Way, answer: string, effort: Partial<Load> & Effort): Promise<LoadResult> {
  const { connections = 16, rate = null, loadMs } = effort;
  const job = { port: portOf(stand, way), request: requestOf(stand, way, answer), connections, forMs: loadMs, rate };
  const result = await stand.run<"load">({ kind: "load", ...job });
  if (result.failed > 0) throw new Error(`${way}, ${answer}: ${result.failed} of ${result.requests} requests failed.`);
  return result;
}

interface Load {
  connections: number;
  rate: number | null;
}

/** A way's speed, and what a request costs workerd. */
export interface Speed {
  perSecond: number;
  /** CPU time of workerd, with all that it does behind the request; NaN where the system doesn't tell. */
  cpuMs: number;
}

/** Of a way against the baseline. */
export interface Compared extends Speed {
  /** Requests a second ÷ baseline's. */
  ratio: number;
  /** The baseline's CPU time for a request ÷ its own. */
  cpuRatio: number;
}

async function speedOf(stand: Stand, way: Way, answer: string, effort: Effort): Promise<Speed> {
  const before = stand.cpuMs();
  const { requests, tookMs } = await loaded(stand, way, answer, effort);
  // What goes on behind the answers belongs to them.
  await new Promise((resolve) => setTimeout(resolve, 400));
  const after = stand.cpuMs();
  const cpuMs = before === null || after === null ? Number.NaN : (after - before) / requests;
  return { perSecond: (requests * 1000) / tookMs, cpuMs };
}

/**
 * Compares ways with the baseline.
 *
 * @param answer what the provider answers
 */
export async function compareSpeed<W extends Way>(
  stand: Stand,
  ways: readonly W[],
  answer: string,
  effort: Effort,
): Promise<Record<W | "baseline", Compared>> {
  const all = ["baseline", ...ways] as const;
  for (const way of all) await loaded(stand, way, answer, { ...effort, loadMs: effort.warmMs });
  const rounds: Map<Way, Speed>[] = [];
  for (let round = 0; round < effort.rounds; round++) {
    const speeds = new Map<Way, Speed>();
    for (const way of all) speeds.set(way, await speedOf(stand, way, answer, effort));
    rounds.push(speeds);
  }
  const middle = (value: (speeds: Map<Way, Speed>) => number): number => median(rounds.map(value));
  const at = (speeds: Map<Way, Speed>, way: Way): Speed =>
    speeds.get(way) ?? { perSecond: Number.NaN, cpuMs: Number.NaN };
  const rows = all.map((way) => [
    way,
    {
      perSecond: middle((speeds) => at(speeds, way).perSecond),
      cpuMs: middle((speeds) => at(speeds, way).cpuMs),
      ratio: middle((speeds) => at(speeds, way).perSecond / at(speeds, "baseline").perSecond),
      cpuRatio: middle((speeds) => at(speeds, "baseline").cpuMs / at(speeds, way).cpuMs),
    },
  ]);
  return Object.fromEntries(rows) as Record<W | "baseline", Compared>;
}

/** How much later the first byte comes than behind the baseline, by connections, at the same rate of requests. */
export async function addedFirstByte(
  stand: Stand,
  connections: readonly number[],
  rate: number,
  effort: Effort,
): Promise<(Percentiles & { connections: number })[]> {
  const found = [];
  for (const count of connections) {
    const added: Percentiles[] = [];
    for (let round = 0; round < effort.rounds; round++) {
      const with_ = { ...effort, connections: count, rate };
      const bare = (await loaded(stand, "baseline", "json", with_)).firstByte;
      const through = (await loaded(stand, "unlimited", "json", with_)).firstByte;
      added.push({ p50: through.p50 - bare.p50, p99: through.p99 - bare.p99 });
    }
    const middle = (name: keyof Percentiles): number => median(added.map((one) => one[name]));
    found.push({ connections: count, p50: middle("p50"), p99: middle("p99") });
  }
  return found;
}

/** How much later the words of a slow stream come than behind the baseline, in ms. */
export async function addedDelay(stand: Stand, words: number, rounds: number): Promise<Percentiles> {
  const delays: Record<"baseline" | "unlimited", number[]> = { baseline: [], unlimited: [] };
  for (let round = 0; round < rounds; round++) {
    for (const way of ["baseline", "unlimited"] as const) {
      const job = { port: portOf(stand, way), request: requestOf(stand, way, `slow-${words}-30`) };
      delays[way].push(...(await stand.run<"stream">({ kind: "stream", ...job })).delays);
    }
  }
  const added = (share: number): number => percentile(delays.unlimited, share) - percentile(delays.baseline, share);
  return { p50: added(0.5), p99: added(0.99) };
}

/** What one answer costs workerd. */
export interface Single {
  /** CPU time, in ms. */
  cpuMs: number;
  /** CPU time beyond what it costs the baseline, in ms. */
  addedCpuMs: number;
  /** How long it takes ÷ how long behind the baseline. */
  timeRatio: number;
}

/** Compares one answer with the same behind the baseline. */
export async function compareSingle(stand: Stand, answer: string, rounds: number): Promise<Single> {
  const seen: { cpuMs: number; bareCpuMs: number; timeRatio: number }[] = [];
  const measured = async (way: Way) => {
    const before = stand.cpuMs() ?? Number.NaN;
    const job = { port: portOf(stand, way), request: requestOf(stand, way, answer) };
    const { status, tookMs } = await stand.run<"single">({ kind: "single", ...job });
    if (status !== 200) throw new Error(`${way}, ${answer}: status ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 400));
    return { tookMs, cpuMs: (stand.cpuMs() ?? Number.NaN) - before };
  };
  for (let round = -1; round < rounds; round++) {
    const [bare, through] = [await measured("baseline"), await measured("unlimited")];
    // The first turn warms up.
    if (round < 0) continue;
    seen.push({ cpuMs: through.cpuMs, bareCpuMs: bare.cpuMs, timeRatio: through.tookMs / bare.tookMs });
  }
  return {
    cpuMs: median(seen.map(({ cpuMs }) => cpuMs)),
    addedCpuMs: median(seen.map(({ cpuMs, bareCpuMs }) => cpuMs - bareCpuMs)),
    timeRatio: median(seen.map(({ timeRatio }) => timeRatio)),
  };
}

/**
 * Messages a second over a WebSocket, ÷ a bare relay's and ÷ the baseline's. The runtime itself pumps the baseline's, which no
 * JavaScript sees.
 */
export async function compareSocket(
  stand: Stand,
  messages: number,
  each: number,
  rounds: number,
): Promise<{ toRelay: number; toBaseline: number }> {
  const perSecond = async (way: Way): Promise<number> => {
    const url = `ws://127.0.0.1:${portOf(stand, way)}/v1/realtime?model=gpt-realtime`;
    const headers = { authorization: `Bearer ${keyOf(stand, way)}` };
    const { tookMs } = await stand.run<"socket">({ kind: "socket", url, headers, messages, each });
    return (messages * 1000) / tookMs;
  };
  const toRelay: number[] = [];
  const toBaseline: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const [bare, relay, through] = [
      await perSecond("baseline"),
      await perSecond("relay"),
      await perSecond("unlimited"),
    ];
    toRelay.push(through / relay);
    toBaseline.push(through / bare);
  }
  return { toRelay: median(toRelay), toBaseline: median(toBaseline) };
}

/** How much workerd's memory grows while a long body goes through, in bytes; NaN where the system doesn't tell. */
export async function growthOver(stand: Stand, megabytes: number): Promise<number> {
  const job = { port: portOf(stand, "unlimited"), request: requestOf(stand, "unlimited", `large-${megabytes}`) };
  const before = stand.memory();
  let most = before ?? 0;
  const timer = setInterval(() => (most = Math.max(most, stand.memory() ?? 0)), 20);
  await stand.run<"single">({ kind: "single", ...job }).finally(() => clearInterval(timer));
  return before === null ? Number.NaN : most - before;
}
