import type { Extent } from "./measured.ts";

/** What docs/benchmarks.md is made of: some 20 minutes, of which filling the stores is the most. */
export const WHOLE: Extent = {
  rounds: 5,
  loadMs: 3_000,
  warmMs: 6_000,
  chunks: 200_000,
  megabytes: 200,
  messages: 50_000,
  countMs: { warm: 4_000, busy: 20_000, calm: 60_000 },
  starts: 15,
  growth: { tokens: 100_000, usage: 1_000_000, audit: 1_000_000 },
  growthRounds: 9,
};

/** Rough figures, in a few minutes. */
export const QUICK: Extent = {
  rounds: 2,
  loadMs: 800,
  warmMs: 1_500,
  chunks: 20_000,
  megabytes: 50,
  messages: 5_000,
  countMs: { warm: 4_000, busy: 10_000, calm: 30_000 },
  starts: 5,
  growth: { tokens: 10_000, usage: 50_000, audit: 10_000 },
  growthRounds: 3,
};

/** So little that it says whether the bench works, and nothing about speed. */
export const SMOKE: Extent = {
  rounds: 1,
  loadMs: 200,
  warmMs: 100,
  chunks: 2_000,
  megabytes: 5,
  messages: 500,
  countMs: { warm: 0, busy: 1_000, calm: 4_000 },
  starts: 1,
  growth: { tokens: 1_200, usage: 2_000, audit: 500 },
  growthRounds: 1,
};
