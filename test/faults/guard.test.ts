import { afterAll, beforeAll } from "vitest";
import type { NewLimits } from "../harness.ts";
import { UNAVAILABLE, UNKNOWN } from "./rows.ts";
import { bySdk, chat, expectTold } from "./support/ask.ts";
import { booksOf, heldOf, usedOf } from "./support/books.ts";
import { fault } from "./support/fault.ts";
import { startWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.dispose());

const BUDGET: NewLimits = { budgets: [{ tokens: 1_000_000, per: "day" }] };
/** Its answers say that they used this. */
const MODEL = "fake-usage-30-20";
const USED = 50;

/** How often the provider was asked for something since. */
async function askedDuring(work: () => Promise<void>): Promise<number> {
  const before = world.provider.recordings.length;
  await work();
  return world.provider.recordings.length - before;
}

fault(
  "guard failing, token without limits",
  "KV's word goes, and what was used is told when the guard answers again",
  async ({ expect }) => {
    const { id, secret } = await world.admin.issue();
    await world.trouble(id, { kind: "fails" });
    expect(await chat(world, secret, MODEL)).toMatchObject({ status: 200, code: null });
    await expect.poll(() => world.log.some((line) => line.includes("settle_failed") && line.includes(id))).toBe(true);
    await world.trouble(id, null);
    const { usage } = await booksOf(expect, world, id, 1);
    expect(usage.total).toMatchObject({ requests: 1, estimated: 0, counts: { input: 30, output: 20 } });
  },
);

fault(
  "guard failing, token with limits",
  "is refused before the provider is asked, in every SDK's words, and works again after",
  async ({ expect }) => {
    const { id, secret } = await world.admin.issue({ limits: BUDGET });
    await world.trouble(id, { kind: "fails" });
    const asked = await askedDuring(async () => {
      const seen = await chat(world, secret, MODEL);
      expectTold(expect, seen, UNAVAILABLE);
      expect(seen.retryAfter).toBe("1");
      for (const [provider, threw] of [
        ["openai", "InternalServerError"],
        ["anthropic", "ServiceUnavailableError"],
        ["gemini", "ApiError"],
      ] as const) {
        const error = await bySdk(world, provider, secret, MODEL);
        expect(error).toMatchObject({ threw, status: UNAVAILABLE.status });
        expect(error.message).toContain(UNAVAILABLE.message);
      }
    });
    expect(asked).toBe(0);
    await world.trouble(id, null);
    expect((await chat(world, secret, MODEL)).status).toBe(200);
    const books = await booksOf(expect, world, id, 5);
    expect(books.entries.filter(({ code }) => code === UNAVAILABLE.code)).toHaveLength(4);
    expect(usedOf(books)).toBe(USED);
  },
);

fault(
  "guard slow",
  "without limits KV's word goes after 3 s; with limits it is 503 after 8 s at the latest",
  async ({ expect }) => {
    const [open, limited] = [await world.admin.issue(), await world.admin.issue({ limits: BUDGET })];
    for (const { id } of [open, limited]) await world.trouble(id, { kind: "slow", ms: 30_000 });
    const [free, refused] = await Promise.all([chat(world, open.secret), chat(world, limited.secret)]);
    expect(free).toMatchObject({ status: 200, code: null });
    expect(free.ms).toBeGreaterThan(2_900);
    expect(free.ms).toBeLessThan(4_500);
    expectTold(expect, refused, UNAVAILABLE);
    expect(refused.ms).toBeLessThan(9_500);
  },
);

fault(
  "guard restarted before its answer left",
  "asked again it grants once, and told again it counts once",
  async ({ expect }) => {
    const { id, secret } = await world.admin.issue({ limits: { ...BUDGET, concurrency: 1, queueSeconds: 0 } });
    await world.trouble(id, { kind: "forgets", calls: ["admit"], times: 1 });
    expect((await chat(world, secret, MODEL)).status).toBe(200);
    expect(usedOf(await booksOf(expect, world, id, 1))).toBe(USED);
    await world.trouble(id, { kind: "forgets", calls: ["settle"], times: 1 });
    expect((await chat(world, secret, MODEL)).status).toBe(200);
    expect(usedOf(await booksOf(expect, world, id, 2))).toBe(2 * USED);
  },
);

fault("guard restarted while a request waits in its queue", "it waits on, and has its turn", async ({ expect }) => {
  const { id, secret } = await world.admin.issue({ limits: { concurrency: 1, queueSeconds: 20 } });
  const running = chat(world, secret, "fake-slow-stream-20x50", { stream: true });
  await expect.poll(async () => (await world.books(id)).standing?.concurrency?.running).toBe(1);
  const waiting = chat(world, secret);
  await expect.poll(async () => (await world.books(id)).standing?.concurrency?.waiting).toBe(1);
  await world.crashGuard(id);
  expect((await running).text).toContain("[DONE]");
  expect(await waiting).toMatchObject({ status: 200, code: null });
  await booksOf(expect, world, id, 2);
});

fault(
  "guard restarted in the middle of an answer",
  "the answer goes on to its end, and counts once",
  async ({ expect }) => {
    const { id, secret } = await world.admin.issue({ limits: BUDGET });
    const answer = chat(world, secret, "fake-slow-stream-10x50", { stream: true });
    await expect.poll(async () => heldOf(await world.books(id))).toBeGreaterThan(0);
    await world.crashGuard(id);
    const seen = await answer;
    expect(seen.status).toBe(200);
    expect(seen.text).toContain("[DONE]");
    const { entries } = await booksOf(expect, world, id, 1);
    expect(entries).toMatchObject([{ status: 200, error: null, estimated: false }]);
  },
);

fault(
  "guard's storage full, token with limits",
  "is refused and nothing is spent; not one request more than the budget holds goes through",
  async ({ expect }) => {
    const { id, secret } = await world.admin.issue({ limits: { budgets: [{ tokens: 2_000, per: "total" }] } });
    await world.trouble(id, { kind: "full" });
    expect(await askedDuring(async () => expectTold(expect, await chat(world, secret, MODEL), UNAVAILABLE))).toBe(0);
    // It fills up and empties under a burst.
    let codes: (string | null)[] = [];
    const asked = await askedDuring(async () => {
      const burst = Promise.all(Array.from({ length: 60 }, () => chat(world, secret, MODEL)));
      for (const full of [false, true, false, true, false]) {
        await world.trouble(id, full ? { kind: "full" } : null);
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      codes = (await burst).map(({ code }) => code);
      await world.trouble(id, null);
    });
    const served = codes.filter((code) => code === null).length;
    expect(asked).toBe(served);
    expect(new Set(codes)).toEqual(
      new Set([null, "budget_used_up", ...(codes.includes(UNAVAILABLE.code) ? [UNAVAILABLE.code] : [])]),
    );
    expect(served).toBeGreaterThan(0);
    expect(served * USED).toBeLessThanOrEqual(2_000);
    await expect.poll(async () => heldOf(await world.books(id)), { timeout: 10_000 }).toBe(0);
    expect(usedOf(await world.books(id))).toBe(served * USED);
  },
);

fault(
  "guard's storage full, token without limits",
  "works, and what it used is told when there is room within 25 s",
  async ({ expect }) => {
    const { id, secret } = await world.admin.issue();
    await world.trouble(id, { kind: "full" });
    expect((await chat(world, secret, MODEL)).status).toBe(200);
    await expect.poll(() => world.log.some((line) => line.includes("settle_failed") && line.includes(id))).toBe(true);
    await world.trouble(id, null);
    expect((await booksOf(expect, world, id, 1)).usage.total).toMatchObject({
      requests: 1,
      counts: { input: 30, output: 20 },
    });
  },
);

fault(
  "guard away or full while the owner disables a token",
  "KV's newer word counts, the console says what is pending, and the guard is told when it can be",
  async ({ expect }) => {
    const oneOf = async (kind: "fails" | "full"): Promise<void> => {
      const { id, secret } = await world.admin.issue({ limits: BUDGET });
      expect((await chat(world, secret)).status).toBe(200);
      await world.trouble(id, { kind, calls: ["apply"] });
      await world.admin.edit(id, { status: "disabled" });
      const view = async (): Promise<unknown> => ((await world.admin.read(`tokens/${id}`)) as { token: object }).token;
      expect(await view()).toMatchObject({ status: "disabled", pending: ["gateway"] });
      // What an isolate remembers is a second old at most; a token that is asked with all the time asks KV once a minute.
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      expectTold(expect, await chat(world, secret), UNKNOWN);
      await world.trouble(id, null);
      await expect.poll(view, { timeout: 10_000, interval: 250 }).toMatchObject({ pending: [] });
    };
    await Promise.all([oneOf("fails"), oneOf("full")]);
  },
);
