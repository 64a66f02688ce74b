import { setTimeout as sleep } from "node:timers/promises";
import { median } from "../../../scripts/bench/jobs.ts";
import type { LimitStanding } from "../../../shared/usage.ts";
import { LIMITS, playerOf } from "../simulation/players.ts";
import { startProvider } from "../simulation/provider.ts";
import { randomOf } from "../simulation/random.ts";
import { type Held, type House, startHouse } from "./house.ts";
import { type Count, sendTraffic } from "./traffic.ts";

/** How long and how hard. */
export interface Extent {
  /** How long workerd lives, in ms, each time until it is killed and started again. */
  livesMs: readonly number[];
  clients: number;
  /** How long a client waits after an answer, at most, in ms. */
  pauseMs: number;
  seed: number;
}

/** One life of workerd under traffic. NaN: the system doesn't tell. */
export interface Life {
  lifeMs: number;
  /** Memory when it was warm, after a quarter of its life, without what the engine may throw away, in MiB; the middle of several looks. */
  warmMiB: number;
  /** The same over its last quarter. */
  endMiB: number;
}

/** What came of it. */
export interface Soaked {
  count: Count;
  lives: Life[];
  /** Budgets that were overspent, at any look. */
  overspent: string[];
  /** Log lines of settlements that were given up. */
  lost: string[];
  /** Permits and reservations that are still held when the traffic is over and what a kill lost has lapsed. */
  stillHeld: string[];
  /** Sockets beyond those that were open before the last life's traffic. NaN: the system doesn't tell. */
  moreSockets: number;
  /** CPU time over wall time when nobody asks for anything: a timer that is left over shows here. NaN: as above. */
  idleCpu: number;
}

/** How long a lost permit is held at most, with something to spare, in ms. */
const LAPSED_MS = 90_000;
/** How long each look at what an idle workerd does takes, in ms. */
const IDLE_MS = 3_000;
const IDLE_LOOKS = 3;
/** How often a life's memory is looked at. */
const MEMORY_LOOKS = 32;
/** How long connections may stay open for another request, in ms. */
const KEPT_ALIVE_MS = 20_000;

async function standingOf(house: House, id: string): Promise<LimitStanding | null> {
  const day = new Date().toISOString().slice(0, 10);
  const books = await fetch(`${house.url}/simulation/books?token=${id}&from=2026-01-01&to=${day}`);
  return ((await books.json()) as { standing: LimitStanding | null }).standing;
}

const heldIn = (id: string, standing: LimitStanding | null): string[] => [
  ...((standing?.concurrency?.running ?? 0) > 0 ? [`${id}: ${standing?.concurrency?.running} running`] : []),
  ...(standing?.budgets ?? []).flatMap(({ reserved, unit }) =>
    reserved > 0 ? [`${id}: ${reserved} ${unit} reserved`] : [],
  ),
];

const overspentIn = (id: string, standing: LimitStanding | null): string[] =>
  (standing?.budgets ?? []).flatMap(({ used, reserved, limit, unit, per }) =>
    used + reserved > limit ? [`${id}: ${used} + ${reserved} of ${limit} ${unit} per ${per}`] : [],
  );

/** Looks on while workerd lives: at its memory, and at the books of everybody in play. */
async function live(house: House, ids: readonly string[], lifeMs: number, overspent: string[]): Promise<Life> {
  const since = Date.now();
  const looks: { age: number; mebibytes: number }[] = [];
  while (Date.now() - since < lifeMs) {
    for (const id of ids) overspent.push(...overspentIn(id, await standingOf(house, id)));
    const age = (Date.now() - since) / lifeMs;
    if (age >= looks.length / MEMORY_LOOKS) {
      const { memory } = await house.heldAfterAll();
      looks.push({ age, mebibytes: (memory ?? Number.NaN) / 2 ** 20 });
    }
    await sleep(Math.min(1_000, lifeMs / 40));
  }
  const between = (from: number, to: number): number =>
    median(looks.filter(({ age }) => age >= from && age < to).map(({ mebibytes }) => mebibytes));
  return { lifeMs, warmMiB: between(0.25, 0.5), endMiB: between(0.75, 1.1) };
}

async function waitFor(isSo: () => Promise<boolean>, forMs: number): Promise<void> {
  for (const end = Date.now() + forMs; Date.now() < end && !(await isSo());) await sleep(500);
}

/** Of several looks the middle one: a timer that is left over shows in each, a collection of garbage or an alarm in one. */
async function idleCpuOf(house: House): Promise<number> {
  const looks: number[] = [];
  for (let count = 0; count < IDLE_LOOKS; count++) {
    const before = house.held().cpuMs;
    await sleep(IDLE_MS);
    const after = house.held().cpuMs;
    looks.push(before === null || after === null ? Number.NaN : (after - before) / IDLE_MS);
  }
  return median(looks);
}

/**
 * Lets mixed traffic run through the gateway on bare workerd, kills and restarts that on the same storage, and looks at what
 * grows or is left over.
 *
 * @param told hears of each life as it ends
 */
export async function soak({ livesMs, clients, pauseMs, seed }: Extent, told: (life: Life) => void): Promise<Soaked> {
  const provider = await startProvider(randomOf(seed));
  const made = await Promise.all(LIMITS.map(playerOf));
  const players = made.map(({ player }) => player);
  const ids = players.map(({ id }) => id);
  const house = await startHouse(
    provider.url,
    made.map(({ record }) => record),
  );
  try {
    for (const { record } of made) {
      await fetch(`${house.url}/simulation/apply?token=${record.id}`, { method: "POST", body: JSON.stringify(record) });
    }
    const overspent: string[] = [];
    const lives: Life[] = [];
    let before: Held = house.held();
    const stop = sendTraffic(house, players, { clients, pauseMs, seed });
    for (const [index, lifeMs] of livesMs.entries()) {
      if (index > 0) {
        await house.restart();
        before = house.held();
      }
      const life = await live(house, ids, lifeMs, overspent);
      lives.push(life);
      told(life);
    }
    const count = await stop();
    const held = async (): Promise<string[]> =>
      (await Promise.all(ids.map(async (id) => heldIn(id, await standingOf(house, id))))).flat();
    await waitFor(async () => (await held()).length === 0, LAPSED_MS);
    const moreSockets = (): number => (house.held().sockets ?? Number.NaN) - (before.sockets ?? Number.NaN);
    await waitFor(async () => !(moreSockets() > 0), KEPT_ALIVE_MS);
    const idleCpu = await idleCpuOf(house);
    // Before the books are read again, over connections of their own.
    const sockets = moreSockets();
    return { count, lives, overspent, lost: house.lost(), stillHeld: await held(), moreSockets: sockets, idleCpu };
  } finally {
    await house.dispose();
    await provider.close();
  }
}
