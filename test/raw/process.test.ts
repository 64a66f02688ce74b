import { describe, it } from "vitest";
import { cpuMsOf, threadsMsOf } from "./process.ts";

/** Larger than any process number of Linux. */
const NOBODY = 2 ** 31;

describe.runIf(process.platform === "linux")("the CPU time of a process", () => {
  it("is counted over all of its threads, finer than in ticks", ({ expect }) => {
    const [since, before] = [process.cpuUsage(), threadsMsOf(process.pid) ?? 0];
    for (let sum = 0; process.cpuUsage(since).user < 60_000;) sum += Math.sqrt(sum + 1);
    const taken = (threadsMsOf(process.pid) ?? 0) - before;
    expect(taken).toBeGreaterThan(40);
    expect(taken % 10).not.toBe(0);
    // A thread that has ended isn't in it.
    expect(threadsMsOf(process.pid)).toBeLessThan((cpuMsOf(process.pid) ?? 0) + 100);
  });

  it("is unknown of none", ({ expect }) => {
    expect([cpuMsOf(NOBODY), threadsMsOf(NOBODY)]).toEqual([null, null]);
  });
});
