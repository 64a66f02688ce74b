import { afterAll, afterEach, beforeAll } from "vitest";
import { PRICES_KEY } from "../../shared/prices.ts";
import { hashToken } from "../../shared/hash.ts";
import type { TokenRecord } from "../../shared/record.ts";
import { playerOf } from "../raw/simulation/players.ts";
import { UNAVAILABLE, UNKNOWN } from "./rows.ts";
import { bySdk, chat, expectEnded, expectTold } from "./support/ask.ts";
import { fault } from "./support/fault.ts";
import { startWorld, type World } from "./support/world.ts";

/** How long the gateway waits for KV, in ms: alone, and once the guard has told what it knows. */
const DEADLINE_MS = 3_000;
const PATIENCE_MS = 500;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => Object.assign(world.kv, { failWith: null, failWritesWith: null, delayMs: 0, stale: null }));
afterAll(() => world.dispose());

const LIMITS = { budgets: [{ tokens: 1_000_000, per: "day" as const }] };

/** A token that stands in KV alone: its guard was never told. */
async function onlyInKv(change: Partial<TokenRecord> = {}): Promise<{ id: string; secret: string; hash: string }> {
  const { player, record } = await playerOf(null);
  const hash = record.secrets[0]?.hash ?? "";
  world.kv.values.set(hash, JSON.stringify({ ...record, ...change }));
  return { ...player, hash };
}

interface View {
  token: { pending: string[]; status: string };
}
const viewOf = async (id: string): Promise<View["token"]> => ((await world.admin.read(`tokens/${id}`)) as View).token;

fault(
  "KV slow",
  "an idle token waits half a second for it, then its guard's word goes; a busy one waits for nothing",
  async ({ expect }) => {
    const { secret } = await world.admin.issue({ limits: LIMITS });
    world.kv.delayMs = 2 * DEADLINE_MS;
    const idle = await chat(world, secret);
    expect(idle.status).toBe(200);
    expect(idle.ms).toBeGreaterThan(PATIENCE_MS - 50);
    expect(idle.ms).toBeLessThan(DEADLINE_MS - 500);
    const busy = await chat(world, secret);
    expect(busy).toMatchObject({ status: 200, code: null });
    expect(busy.ms).toBeLessThan(PATIENCE_MS - 50);
  },
);

fault(
  "KV slow",
  "a token that its guard doesn't know waits 3 s, and isn't told that it is dead",
  async ({ expect }) => {
    const { secret } = await onlyInKv();
    world.kv.delayMs = 2 * DEADLINE_MS;
    const seen = await chat(world, secret);
    expectTold(expect, seen, UNAVAILABLE);
    expect(seen.ms).toBeGreaterThan(DEADLINE_MS - 100);
    expect(seen.ms).toBeLessThan(DEADLINE_MS + 1_500);
  },
);

fault(
  "KV slow while the owner acts",
  "a write that comes too late is followed by the newest one: nothing that the owner took back stays",
  async ({ expect }) => {
    const { id, secret } = await world.admin.issue();
    const hash = await hashToken(secret);
    const price = (input: number): object => ({
      provider: "openai",
      model: "slow-model",
      usdPerMillion: { input, output: 1 },
    });
    const label = `slowly ${id}`;
    world.kv.delayMs = 5_000;
    const landsAt = performance.now() + world.kv.delayMs;
    const slow = await Promise.all([
      world.admin.send("PATCH", `tokens/${id}`, { label: `${label} 1` }),
      world.admin.send("PUT", "prices", { prices: [price(1)] }),
    ]);
    expect(slow.map(({ status }) => status)).toEqual([200, 200]);
    const before = world.kv.writes;
    world.kv.delayMs = 0;
    await Promise.all([
      world.admin.send("PATCH", `tokens/${id}`, { label: `${label} 2` }),
      world.admin.send("PUT", "prices", { prices: [price(2)] }),
    ]);
    // The newest ones are there at once, and not taken for the last ones: the older are still on their way.
    expect(world.recordIn(hash)?.label).toBe(`${label} 2`);
    expect(world.kv.writes).toBe(before + 2);
    expect((await viewOf(id)).pending).toEqual(["kv"]);
    const arePending = async (): Promise<unknown> => [
      (await viewOf(id)).pending,
      ((await world.admin.read("prices")) as { own: { pending: boolean } }).own.pending,
    ];
    await expect.poll(arePending, { timeout: 15_000, interval: 250 }).toEqual([[], false]);
    expect(performance.now()).toBeGreaterThan(landsAt);
    expect(world.recordIn(hash)?.label).toBe(`${label} 2`);
    expect(JSON.parse(world.kv.values.get(PRICES_KEY) ?? "{}")).toMatchObject({ prices: [price(2)] });
  },
);

fault("KV failing", "a token whose guard knows it works, with limits and without", async ({ expect }) => {
  for (const more of [{}, { limits: LIMITS }]) {
    const { secret } = await world.admin.issue(more);
    world.kv.failWith = 500;
    expect(await chat(world, secret)).toMatchObject({ status: 200, code: null });
    world.kv.failWith = null;
  }
});

fault(
  "KV failing",
  "a token that its guard doesn't know isn't told that it is dead, in any SDK",
  async ({ expect }) => {
    world.kv.failWith = 500;
    const { secret } = await onlyInKv({ providers: ["openai", "anthropic", "gemini"] });
    const seen = await chat(world, secret);
    expectTold(expect, seen, UNAVAILABLE);
    expect(seen.retryAfter).toBe("1");
    for (const [provider, threw] of [
      ["openai", "InternalServerError"],
      ["anthropic", "ServiceUnavailableError"],
      ["gemini", "ApiError"],
    ] as const) {
      const error = await bySdk(world, provider, secret, "any-model");
      expect(error).toMatchObject({ threw, status: UNAVAILABLE.status });
      expect(error.message).toContain(UNAVAILABLE.message);
    }
    world.kv.failWith = null;
    await expect.poll(async () => (await chat(world, secret)).status, { timeout: 3_000 }).toBe(200);
  },
);

fault(
  "KV failing when an isolate begins",
  "what only the owner's prices price isn't called unpriced, and is let through once they can be read",
  async ({ expect }) => {
    const { secret } = await world.admin.issue({ limits: { budgets: [{ usd: 5, per: "day" }] } });
    const price = {
      provider: "openai",
      model: "our-own-model",
      usdPerMillion: { input: 1, output: 2 },
      maxOutputTokens: 100,
      contextTokens: 1_000,
    };
    const put = await world.admin.send("PUT", "prices", { prices: [price] });
    expect(put.status, await put.text()).toBe(200);
    expect(world.kv.values.has(PRICES_KEY)).toBe(true);
    // A new isolate has no prices yet.
    await world.restart();
    world.kv.failWith = 500;
    const seen = await chat(world, secret, "our-own-model");
    expectTold(expect, seen, UNAVAILABLE);
    expect(seen.retryAfter).toBe("1");
    // What has a built-in price goes on.
    expect((await chat(world, secret)).status).toBe(200);
    world.kv.failWith = null;
    await expect
      .poll(async () => (await chat(world, secret, "our-own-model")).status, { timeout: 10_000, interval: 250 })
      .toBe(200);
  },
);

fault(
  "KV stale",
  "a token that was disabled ends at once, and a new one works, whatever KV still says",
  async ({ expect }) => {
    const { id, secret } = await world.admin.issue();
    expect((await chat(world, secret)).status).toBe(200);
    world.kv.stale = new Map(world.kv.values);
    await world.admin.edit(id, { status: "disabled" });
    await expectEnded(expect, world, secret);
    const { secret: fresh } = await world.admin.issue();
    expect((await chat(world, fresh)).status).toBe(200);
  },
);

fault(
  "KV full: its write quota is used up",
  "what the owner does counts at once, waits in the outbox, and gets to KV by itself",
  async ({ expect }) => {
    const old = await world.admin.issue();
    world.kv.failWritesWith = 429;
    const made = await world.admin.issue();
    await world.admin.edit(old.id, { status: "disabled" });
    expect(await viewOf(made.id)).toMatchObject({ status: "active", pending: ["kv"] });
    expect(await viewOf(old.id)).toMatchObject({ status: "disabled", pending: ["kv"] });
    expect((await chat(world, made.secret)).status).toBe(200);
    expectTold(expect, await chat(world, old.secret), UNKNOWN);
    world.kv.failWritesWith = null;
    await expect.poll(async () => (await viewOf(made.id)).pending, { timeout: 10_000, interval: 250 }).toEqual([]);
    await expect.poll(async () => (await viewOf(old.id)).pending, { timeout: 10_000, interval: 250 }).toEqual([]);
    const records = [...world.kv.values]
      .filter(([key]) => /^[0-9a-f]{64}$/.test(key))
      .map(([, value]) => JSON.parse(value) as TokenRecord);
    expect(records.filter(({ id }) => id === made.id)).toMatchObject([{ state: "active" }]);
    expect(records.filter(({ id }) => id === old.id)).toMatchObject([{ state: "disabled" }]);
  },
);

fault(
  "KV holds a record that can't be read",
  "it opens nothing, and its holder isn't told that it is dead",
  async ({ expect }) => {
    for (const text of ["{", "[]", JSON.stringify({ schema: 3 })]) {
      const { secret, hash } = await onlyInKv();
      world.kv.values.set(hash, text);
      expectTold(expect, await chat(world, secret), UNAVAILABLE);
    }
    const { secret } = await world.admin.issue();
    const [hash = ""] = [...world.kv.values.keys()].slice(-1);
    world.kv.values.set(hash, "{");
    expect((await chat(world, secret)).status).toBe(200);
  },
);
