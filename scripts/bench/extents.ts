import type { Extent } from "./measured.ts";

/** What docs/benchmarks.md is made of. */
export const WHOLE: Extent = {
  rounds: 5,
  loadMs: 3_000,
  chunks: 200_000,
  megabytes: 200,
  messages: 50_000,
  starts: 15,
  growth: { tokens: 100_000, usage: 1_000_000, audit: 100_000 },
  growthRounds: 9,
};

/** Rough figures, in a few minutes. */
export const QUICK: Extent = {
  rounds: 2,
  loadMs: 800,
  chunks: 20_000,
  megabytes: 50,
  messages: 5_000,
  starts: 5,
  growth: { tokens: 10_000, usage: 50_000, audit: 10_000 },
  growthRounds: 3,
};
