// Runs all that the bench measures, one after the other.
import { measureGrowth } from "./growth/growth.ts";
import { growthOf } from "./growth/report.ts";
import { CONNECTIONS, type Extent, type Measured, type Pace } from "./measured.ts";
import { addedDelay, addedFirstByte, compareSingle, compareSocket, compareSpeed, growthOver } from "./measures.ts";
import { countOperations, type Operations } from "./operations.ts";
import { bundleSizes } from "./sizes.ts";
import { type Stand, startStand } from "./stand.ts";
import { startupTimes } from "./startup.ts";

type OnStand = Omit<Measured, "extent" | "operations" | "bundles" | "starts" | "growth">;

/** What needs the stand. The order is that of the report. */
async function measureOn(stand: Stand, extent: Extent): Promise<OnStand> {
  const { rounds, chunks, megabytes, messages } = extent;
  return {
    json: await compareSpeed(stand, ["least", "open", "unlimited", "limited", "direct"], "json", extent),
    sse: await compareSpeed(stand, ["least", "unlimited"], "sse-50", extent),
    firstBytes: await addedFirstByte(stand, CONNECTIONS, 400, extent),
    chunks: await addedDelay(stand, 60, rounds),
    stream: await compareSpeed(stand, ["least", "unlimited"], "sse-1000", extent),
    lone: await compareSingle(stand, "sse-1000", rounds + 4),
    relay: await compareSingle(stand, `many-${chunks}`, Math.min(rounds, 3)),
    grownBytes: await growthOver(stand, megabytes),
    socket: await compareSocket(stand, messages, 50, rounds),
  };
}

async function withStand(extent: Extent): Promise<OnStand> {
  const stand = await startStand();
  try {
    return await measureOn(stand, extent);
  } finally {
    await stand.dispose();
  }
}

/** Side by side: what is counted here takes its time, and no time is measured. */
async function countAll({ countMs }: Extent): Promise<Record<"unlimited" | "limited", Record<Pace, Operations>>> {
  const ofWay = async (way: "unlimited" | "limited"): Promise<Record<Pace, Operations>> => {
    const [busy, calm] = await Promise.all([
      countOperations(way, { rate: 100, forMs: countMs.busy, warmMs: countMs.warm }),
      countOperations(way, { rate: 0.5, forMs: countMs.calm, warmMs: countMs.warm }),
    ]);
    return { busy, calm };
  };
  const [unlimited, limited] = await Promise.all([ofWay("unlimited"), ofWay("limited")]);
  return { unlimited, limited };
}

/**
 * Measures everything.
 *
 * @param state a folder that keeps what the growth is measured with; null: it is thrown away
 * @param say is told what is being measured
 */
export async function measureAll(extent: Extent, state: string | null, say: (text: string) => void): Promise<Measured> {
  say("speeds, delays, long answers");
  const onStand = await withStand(extent);
  say("operations");
  const operations = await countAll(extent);
  say("sizes and starts");
  const bundles = await bundleSizes();
  const starts = await startupTimes(extent.starts);
  say("growth");
  const { pages, authorized } = await measureGrowth({ many: extent.growth, rounds: extent.growthRounds, state }, say);
  return { extent, ...onStand, operations, bundles, starts, growth: growthOf(pages, authorized) };
}
