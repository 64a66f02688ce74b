import { describe, it } from "vitest";
import type { LoadJob, LoadResult } from "../../../scripts/bench/jobs.ts";
import { measureRows, rateFor } from "../../../scripts/bench/peers/measuring.ts";
import type { Row } from "../../../scripts/bench/peers/peer.ts";
import type { Stand } from "../../../scripts/bench/stand.ts";

const FACTS = { runtime: "", token: "", key: "", limits: "", meters: "", revokes: "" };

function rowAt(port: number): Row {
  let cpuMs = 0;
  return {
    id: String(port),
    name: String(port),
    facts: FACTS,
    port,
    question: (answer) => ({ target: `/${answer}`, headers: {}, body: "" }),
    wrongKey: "answered",
    cpuMs: () => (cpuMs += port),
    memory: () => port,
  };
}

/** A load generator's stand-in: each port has a speed and a delay, and one fails after so many jobs. */
function standOf(speeds: Record<number, number>, failing: { port: number; after: number } | null): [Stand, LoadJob[]] {
  const jobs: LoadJob[] = [];
  const run = (job: LoadJob): Promise<LoadResult> => {
    jobs.push(job);
    const speed = speeds[job.port] ?? 1;
    const fails = job.port === failing?.port && jobs.filter(({ port }) => port === job.port).length > failing.after;
    const firstByte = { p50: 1000 / speed, p99: 2000 / speed };
    return Promise.resolve({ requests: 10, failed: fails ? 4 : 0, tookMs: 10_000 / speed, firstByte });
  };
  return [{ run } as unknown as Stand, jobs];
}

const EXTENT = { rounds: 3, loadMs: 1, pacedMs: 1, settleMs: 0 };
const [direct, fast, slow] = [rowAt(1), rowAt(2), rowAt(3)];
const rows = [direct, fast, slow];

describe("measuring rows", () => {
  it("compares each with the first, at a rate that the slowest keeps up with", async ({ expect }) => {
    const [stand, jobs] = standOf({ 1: 1000, 2: 500, 3: 100 }, null);
    const { rate, measured, failed } = await measureRows(stand, rows, EXTENT);
    expect(failed.size).toBe(0);
    expect(rate).toBe(40);
    expect(new Set(jobs.flatMap((job) => job.rate ?? []))).toEqual(new Set([40]));
    expect(new Set(jobs.map(({ connections }) => connections))).toEqual(new Set([16]));
    expect(measured.get(direct)?.addedFirstByte).toEqual({ p50: 0, p99: 0 });
    expect(measured.get(slow)).toMatchObject({
      answers: { json: { perSecond: 100, ratio: 0.1, cpuMs: 0.3 }, "sse-50": { ratio: 0.1 } },
      addedFirstByte: { p50: 9, p99: 18 },
      memory: 3,
    });
  });

  it("goes on without one whose requests begin to fail, and says so", async ({ expect }) => {
    const [stand, jobs] = standOf({ 1: 1000, 2: 500, 3: 100 }, { port: 3, after: 2 });
    const { rate, measured, failed } = await measureRows(stand, rows, EXTENT);
    expect([...failed]).toEqual([[slow, "4 of 10 requests for json failed"]]);
    expect([...measured.keys()]).toEqual([direct, fast]);
    expect(rate).toBe(200);
    expect(jobs.filter(({ port }) => port === 3)).toHaveLength(3);
  });

  it("fails with what all are compared with", async ({ expect }) => {
    const [stand] = standOf({ 1: 1000 }, { port: 1, after: 0 });
    await expect(measureRows(stand, rows, EXTENT)).rejects.toThrow(new Error("4 of 10 requests for json failed"));
  });

  it("takes a rate between 1 and 400", ({ expect }) => {
    expect([1, 39, 400, 5000].map(rateFor)).toEqual([1, 15, 160, 400]);
  });
});
