import { afterAll, beforeAll, describe, it } from "vitest";
import type { BudgetStanding, LimitStanding, RequestEntry, UsageReport } from "../../../shared/usage.ts";
import { type RawGateway, start } from "../harness.ts";
import { play, type Player, type Seen } from "./clients.ts";
import { LIMITS, playerOf } from "./players.ts";
import { type SimulatedProvider, startProvider } from "./provider.ts";
import { between, randomOf } from "./random.ts";

const REQUESTS = 10_000;
const CLIENTS = 200;
/** How often a guard is made to restart while it is busy. */
const CRASHES = 40;
const HOUR_MS = 3_600_000;

/** When a budget's period began, ms since 1970. */
function beginOf({ per, resetsAt }: BudgetStanding): number {
  if (resetsAt === null) return 0;
  const end = new Date(resetsAt);
  if (per === "month") return Date.UTC(end.getUTCFullYear(), end.getUTCMonth() - 1);
  return resetsAt - HOUR_MS * { hour: 1, day: 24, week: 7 * 24, total: 0 }[per];
}

const SEED = Number(process.env["SIMULATION_SEED"] ?? Date.now() % 1_000_000);

/** What a guard's books say. */
interface Books {
  standing: LimitStanding | null;
  entries: RequestEntry[];
  usage: UsageReport;
}

let provider: SimulatedProvider;
let gateway: RawGateway;
const players: Player[] = [];
const seen: Seen[] = [];
const overspent: string[] = [];
let books = new Map<string, Books>();

async function knock(what: string, token: string, init?: RequestInit): Promise<Response> {
  const day = new Date().toISOString().slice(0, 10);
  return fetch(`${gateway.url}/simulation/${what}?token=${token}&from=2026-01-01&to=${day}`, init);
}

function lookForOverspending(id: string, standing: LimitStanding | null): void {
  for (const { unit, per, limit, used, reserved } of standing?.budgets ?? []) {
    if (used + reserved > limit) overspent.push(`${id}: ${used} + ${reserved} of ${limit} ${unit} per ${per}`);
  }
}

async function readBooks(): Promise<Map<string, Books>> {
  const rows = players.map(async ({ id }) => [id, (await (await knock("books", id)).json()) as Books] as const);
  return new Map(await Promise.all(rows));
}

const isAtRest = ({ standing }: Books): boolean =>
  (standing?.concurrency?.running ?? 0) === 0 && (standing?.budgets ?? []).every(({ reserved }) => reserved === 0);

/** Waits until nothing is held any more: what a crash lost lapses by itself. */
async function settled(): Promise<Map<string, Books>> {
  for (const end = Date.now() + 120_000; Date.now() < end;) {
    const found = await readBooks();
    if ([...found.values()].every(isAtRest)) return found;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return readBooks();
}

async function run(): Promise<void> {
  const random = randomOf(SEED);
  let left = REQUESTS;
  const game = { over: false };
  const client = async (own: () => number): Promise<void> => {
    while (left-- > 0) {
      const player = players[between(own, 0, players.length - 1)];
      if (player !== undefined) seen.push(await play(gateway.url, player, own));
    }
  };
  const trouble = async (): Promise<void> => {
    for (let crash = 0; crash < CRASHES && !game.over; crash++) {
      await new Promise((resolve) => setTimeout(resolve, between(random, 50, 500)));
      const player = players[between(random, 0, players.length - 1)];
      if (player !== undefined) await knock("crash", player.id).catch(() => null);
    }
  };
  const watch = async (): Promise<void> => {
    while (!game.over) {
      for (const [id, { standing }] of await readBooks().catch(() => new Map<string, Books>())) {
        lookForOverspending(id, standing);
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  const others = Promise.all([trouble(), watch()]);
  await Promise.all(Array.from({ length: CLIENTS }, (_, index) => client(randomOf(SEED + 1 + index))));
  game.over = true;
  await others;
}

beforeAll(async () => {
  provider = await startProvider(randomOf(SEED));
  const made = await Promise.all(LIMITS.map(playerOf));
  const records = made.map(({ record }) => record);
  players.push(...made.map(({ player }) => player));
  gateway = await start({
    upstreams: { openai: provider.url, anthropic: provider.url },
    keys: { openai: "raw-test-openai-key", anthropic: "raw-test-anthropic-key" },
    records,
    entry: "test/raw/simulation/entry.ts",
  });
  for (const record of records) {
    await knock("apply", record.id, { method: "POST", body: JSON.stringify(record) });
  }
  await run();
  books = await settled();
}, 600_000);

afterAll(async () => {
  await gateway.dispose();
  await provider.close();
});

const entriesOf = (): RequestEntry[] => [...books.values()].flatMap(({ entries }) => entries);
const serialOf = ({ raw }: RequestEntry): number | undefined =>
  Object.entries(raw).find(([path]) => path.endsWith("serial_tokens"))?.[1];

describe(`200 clients, 10,000 requests, leaving clients, failing providers and restarting guards (SIMULATION_SEED=${SEED})`, () => {
  it("went as it was meant to: requests finished, were refused, were left and broke", ({ expect }) => {
    expect(seen).toHaveLength(REQUESTS);
    expect(seen.filter(({ finished, status }) => finished && status === 200).length).toBeGreaterThan(REQUESTS / 5);
    expect(seen.filter(({ left, finished }) => left && !finished).length).toBeGreaterThan(100);
    for (const code of ["budget_used_up", "rate_limited", "concurrency_limited"]) {
      expect(seen.filter(({ refusal }) => refusal === code).length, code).toBeGreaterThan(10);
    }
  });

  it("spent no budget beyond its end, at no moment", ({ expect }) => {
    for (const [id, { standing }] of books) lookForOverspending(id, standing);
    expect(overspent).toEqual([]);
  });

  it("metered of every finished request exactly what the provider reported", ({ expect }) => {
    const metered = new Map(entriesOf().map((entry) => [serialOf(entry), entry]));
    const finished = seen.filter(({ finished, serial }) => finished && serial !== null);
    expect(finished.length).toBeGreaterThan(1_000);
    for (const { serial } of finished) {
      const booked = provider.books.get(serial ?? 0);
      const entry = metered.get(serial ?? 0);
      expect({ input: entry?.counts?.input, output: entry?.counts?.output, estimated: entry?.estimated }).toEqual({
        input: booked?.input,
        output: booked?.output,
        estimated: false,
      });
    }
  });

  it("asked for a chat's usage without the client's seeing it", ({ expect }) => {
    expect(seen.filter(({ surprised }) => surprised)).toEqual([]);
  });

  it("settled every permit once, and holds nothing any more", ({ expect }) => {
    for (const [id, found] of books) {
      expect(isAtRest(found), id).toBe(true);
      const ids = found.entries.map((entry) => entry.id);
      expect(new Set(ids).size, id).toBe(ids.length);
      const serials = found.entries.map(serialOf).filter((serial) => serial !== undefined);
      expect(new Set(serials).size, id).toBe(serials.length);
      // Whoever got an answer, of the provider's or a refusal, stands in the books once.
      const answered = seen.filter(({ player, status }) => player.id === id && status !== 0).length;
      expect(found.entries.length, id).toBeGreaterThanOrEqual(answered);
    }
  });

  it("adds up: what is spent is the sum of the requests, and so is the usage", ({ expect }) => {
    for (const [id, { standing, entries, usage }] of books) {
      const micros = entries.reduce((sum, entry) => sum + (entry.micros ?? 0), 0);
      const tokens = entries.reduce((sum, { counts }) => sum + (counts === null ? 0 : counts.input + counts.output), 0);
      expect(usage.total.micros, id).toBeCloseTo(micros, 2);
      expect(usage.total.counts.input + usage.total.counts.output, id).toBe(tokens);
      expect(usage.total.requests, id).toBe(entries.length);
      const first = Math.min(...entries.map(({ at }) => at));
      for (const budget of standing?.budgets ?? []) {
        const { unit, used } = budget;
        const sum = unit === "usd" ? micros : tokens;
        // Where a full hour struck meanwhile, an hour's budget holds what came since.
        if (beginOf(budget) > first) expect(used, id).toBeLessThanOrEqual(sum + 0.01);
        else expect(used, id).toBeCloseTo(sum, 2);
      }
    }
  });
});
