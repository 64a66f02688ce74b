import { beforeAll, describe, test } from "vitest";
import { soak, type Soaked } from "./soak.ts";

const SEED = Number(process.env["SOAK_SEED"] ?? Date.now() % 1_000_000);

let found: Soaked;
beforeAll(async () => {
  found = await soak({ livesMs: [15_000], clients: 20, pauseMs: 100, seed: SEED }, () => undefined);
}, 240_000);

// `npm run soak` does it for half an hour and kills workerd meanwhile; test/faults/kill.test.ts shows what a kill costs.
describe(`mixed traffic (SOAK_SEED=${SEED})`, () => {
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
