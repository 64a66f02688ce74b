import { beforeAll, describe, test } from "vitest";
import { soak, type Soaked } from "./soak.ts";

const SEED = Number(process.env["SOAK_SEED"] ?? Date.now() % 1_000_000);

let found: Soaked;
beforeAll(async () => {
  found = await soak({ restarts: 1, lifeMs: 10_000, clients: 20, pauseMs: 100, seed: SEED }, () => undefined);
}, 240_000);

describe(`mixed traffic, and a kill in the middle of it (SOAK_SEED=${SEED}; npm run soak has the long form)`, () => {
  test("went as it was meant to", ({ expect }) => {
    const { finished, refused, broken, sockets, messages } = found.count;
    expect(Math.min(finished, refused, broken, sockets, messages)).toBeGreaterThan(20);
  });

  test("overspent nothing, at any look", ({ expect }) => expect(found.overspent).toEqual([]));

  test("lost no settlement, and holds no permit any more", ({ expect }) => {
    expect(found.lost).toEqual([]);
    expect(found.stillHeld).toEqual([]);
  });

  // Only Linux tells what a process holds.
  const onLinux = process.platform === "linux" ? test : () => undefined;
  onLinux("left no socket open and no timer running", ({ expect }) => {
    expect(found.moreSockets).toBeLessThanOrEqual(0);
    expect(found.idleCpu).toBeLessThan(0.05);
  });
});
