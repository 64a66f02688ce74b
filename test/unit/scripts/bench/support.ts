import { WHOLE } from "../../../../scripts/bench/extents.ts";
import type { Compared } from "../../../../scripts/bench/measures.ts";
import type { Measured } from "../../../../scripts/bench/measured.ts";

const compared = (perSecond: number, ratio: number): Compared => ({ perSecond, ratio, cpuMs: 1.25, cpuRatio: 0.6 });
const counts = (rowsWritten: number) => ({
  kvReads: 1,
  kvWrites: 0,
  guardCalls: 40,
  objectRequests: 55.5,
  rowsWritten,
});

/** A run as it might have been. Its delay of a chunk keeps no mark, and neither does the token with limits. */
export const MADE_UP: Measured = {
  extent: WHOLE,
  json: {
    direct: compared(20_000, 2),
    baseline: compared(10_000, 1),
    least: compared(9_000, 0.9),
    open: compared(8_500, 0.85),
    unlimited: compared(8_000, 0.8),
    limited: compared(4_000, 0.4),
  },
  sse: { baseline: compared(5_000, 1), least: compared(4_000, 0.8), unlimited: compared(3_000, 0.6) },
  firstBytes: [1, 16, 128].map((connections) => ({ connections, p50: connections / 100, p99: connections / 10 })),
  chunks: { p50: 0.5, p99: 5.5 },
  stream: {
    baseline: { ...compared(120, 1), cpuMs: 6 },
    least: { ...compared(110, 0.9), cpuMs: 7 },
    unlimited: { ...compared(100, 0.8), cpuMs: 8 },
  },
  lone: { cpuMs: 12, addedCpuMs: 4.5, timeRatio: 1.1 },
  relay: { cpuMs: 700, addedCpuMs: 300, timeRatio: 1.7 },
  grownBytes: 4 * 1024 * 1024,
  socket: { toRelay: 0.75, toBaseline: 0.25 },
  operations: {
    unlimited: { busy: counts(100), calm: counts(9_000) },
    limited: { busy: counts(200), calm: counts(12_345.6) },
  },
  bundles: { gateway: 59.94, admin: 350 },
  starts: { gateway: 12, admin: 80 },
  growth: { authorize: 0.98, authorizeCold: 1.01, console: 1.1, grown: 0, pages: 96, slowestMs: 45.678 },
};
