import { describe, it } from "vitest";
import {
  type AddressState,
  delayAfter,
  judgeTry,
  nextTryAt,
  OVERALL,
  PATIENCE,
  PER_ADDRESS,
  remembered,
  TRUSTED_FOR,
} from "../../../../admin/registry/throttle.ts";

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;
const unseen: AddressState = { failures: 0, at: 0, waitingSince: null, signedInAt: null };
const quiet = { failures: 0, at: 0 };
const storm = { failures: 1000, at: NOW };

describe("the delay after failures", () => {
  it("is nothing at first, then doubles up to the cap", ({ expect }) => {
    expect([0, 4, 5, 6, 7, 8, 14, 15, 1000].map((failures) => delayAfter(failures, PER_ADDRESS))).toEqual([
      0,
      0,
      1000,
      2000,
      4000,
      8000,
      512_000,
      15 * MINUTE,
      15 * MINUTE,
    ]);
  });

  it("of all addresses together is half a minute at most", ({ expect }) => {
    expect([19, 20, 21, 24, 25, 1e6].map((failures) => delayAfter(failures, OVERALL))).toEqual([
      0, 1000, 2000, 16_000, 30_000, 30_000,
    ]);
  });
});

describe("failures", () => {
  it("are forgotten one by one", ({ expect }) => {
    const state = { failures: 6, at: NOW };
    const after = (minutes: number) => remembered(state, PER_ADDRESS, NOW + minutes * MINUTE);
    expect([0, 14, 15, 45, 90, 1000].map(after)).toEqual([6, 6, 5, 3, 0, 0]);
  });

  it("aren't forgotten by a clock that goes back, nor make anybody wait longer", ({ expect }) => {
    const state = { failures: 6, at: NOW };
    expect(remembered(state, PER_ADDRESS, NOW - MINUTE)).toBe(6);
    expect(nextTryAt(state, PER_ADDRESS, NOW - MINUTE)).toBe(NOW - MINUTE + 2000);
  });
});

describe("a try", () => {
  it("goes ahead where nothing happened", ({ expect }) => {
    expect(judgeTry(unseen, quiet, NOW).at).toBeLessThanOrEqual(NOW);
  });

  it("waits for its own address's failures, even where it is trusted or has waited for others", ({ expect }) => {
    const own = { failures: 7, at: NOW, waitingSince: NOW - 2 * PATIENCE, signedInAt: NOW - 1 };
    expect(judgeTry(own, quiet, NOW)).toEqual({ at: NOW + 4000, heldUpByOthers: false });
    expect(judgeTry(own, quiet, NOW + 3999)).toEqual({ at: NOW + 4000, heldUpByOthers: false });
    expect(judgeTry(own, quiet, NOW + 4000).at).toBe(NOW + 4000);
  });

  it("waits for others' failures, but a minute at most", ({ expect }) => {
    expect(judgeTry(unseen, storm, NOW)).toEqual({ at: NOW + 30_000, heldUpByOthers: true });
    const waiting = { ...unseen, waitingSince: NOW - PATIENCE + 1 };
    expect(judgeTry(waiting, storm, NOW)).toEqual({ at: NOW + 1, heldUpByOthers: true });
    expect(judgeTry({ ...waiting, waitingSince: NOW - PATIENCE }, storm, NOW).at).toBe(NOW);
  });

  it("doesn't wait for others where somebody signed in within thirty days", ({ expect }) => {
    const trusted = { ...unseen, signedInAt: NOW - TRUSTED_FOR + 1 };
    expect(judgeTry(trusted, storm, NOW)).toEqual({ at: NOW, heldUpByOthers: false });
    expect(judgeTry({ ...trusted, signedInAt: NOW - TRUSTED_FOR }, storm, NOW).heldUpByOthers).toBe(true);
  });
});
