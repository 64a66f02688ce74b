import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { type Bindings, bindingsOf } from "../../../../gateway/bindings.ts";
import { forgetPrices, type Prices, pricesOf } from "../../../../gateway/pricing/prices.ts";
import { type OwnerPrices, PRICES_KEY } from "../../../../shared/prices.ts";
import { noCounts } from "../../../../shared/usage.ts";
import { gatewayEnv } from "../../support/gateway.ts";

const NOW = Date.parse("2026-11-28T00:00:00Z");
const MINUTE = 60_000;
const ownerPrices = (input: number): OwnerPrices => ({
  schema: 1,
  prices: [
    {
      provider: "openai",
      model: "gpt-5",
      usdPerMillion: { input, output: 2 },
      usdPerRequest: null,
      usdPerAudioMinute: null,
      maxOutputTokens: null,
      contextTokens: null,
    },
  ],
});
const say = (input: number) => gatewayEnv.TOKENS.put(PRICES_KEY, JSON.stringify(ownerPrices(input)));
const inputPrice = (prices: Prices) =>
  prices.cost(
    { counts: { ...noCounts(), input: 1 }, estimated: false, model: null, tier: null, raw: {} },
    "openai",
    "gpt-5",
    NOW,
  );
const BUILT_IN = 1.25;

let work: Promise<void>[] = [];
const later = (one: Promise<void>): void => void work.push(one);
const get = vi.fn<(key: string) => Promise<unknown>>();
const bindings = (): Bindings => ({
  ...bindingsOf(gatewayEnv),
  tokens: { get } as unknown as KVNamespace,
});
const ask = (byMoney: boolean, now: number) => pricesOf(bindings(), byMoney, now, later);

beforeEach(() => {
  forgetPrices();
  work = [];
  get.mockReset().mockImplementation((key) => gatewayEnv.TOKENS.get(key, "json"));
});
afterEach(async () => {
  vi.restoreAllMocks();
  forgetPrices();
  await reset();
});

describe("the owner's prices", () => {
  it("are waited for by the first request that is judged by money, and by no other", async ({ expect }) => {
    await say(7);
    expect(inputPrice(await ask(true, NOW))).toBe(7);
    expect(inputPrice(await ask(true, NOW + MINUTE - 1))).toBe(7);
    expect([get.mock.calls, work.length]).toEqual([[[PRICES_KEY, "json"]], 0]);
  });

  it("are read behind a request that isn't", async ({ expect }) => {
    await say(7);
    expect(inputPrice(await ask(false, NOW))).toBe(BUILT_IN);
    expect(inputPrice(await ask(false, NOW + 1))).toBe(BUILT_IN);
    expect(work).toHaveLength(1);
    await Promise.all(work);
    expect(inputPrice(await ask(false, NOW + 2))).toBe(7);
    expect(get).toHaveBeenCalledTimes(1);
  });

  it("are still waited for by a request that is judged by money while another one's reading is on its way", async ({
    expect,
  }) => {
    await say(7);
    await ask(false, NOW);
    expect(inputPrice(await ask(true, NOW + 1))).toBe(7);
  });

  it("are renewed after a minute, behind the request", async ({ expect }) => {
    await say(7);
    await ask(true, NOW);
    await say(8);
    expect(inputPrice(await ask(true, NOW + MINUTE))).toBe(7);
    await Promise.all(work);
    expect(inputPrice(await ask(true, NOW + MINUTE + 1))).toBe(8);
    expect(get).toHaveBeenCalledTimes(2);
  });

  it("stay as they were for a request that began with them", async ({ expect }) => {
    await say(7);
    const first = await ask(true, NOW);
    await say(8);
    await ask(true, NOW + MINUTE);
    await Promise.all(work);
    expect(inputPrice(first)).toBe(7);
  });

  it("are gone when the owner takes them back", async ({ expect }) => {
    await say(7);
    await ask(true, NOW);
    await gatewayEnv.TOKENS.delete(PRICES_KEY);
    await ask(true, NOW + MINUTE);
    await Promise.all(work);
    expect(inputPrice(await ask(true, NOW + MINUTE + 1))).toBe(BUILT_IN);
  });

  it("are the last known ones while KV fails, and the log says so once a minute", async ({ expect }) => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    await say(7);
    await ask(true, NOW);
    get.mockRejectedValue(new Error("KV is down"));
    for (const second of [60, 61, 90, 119]) expect(inputPrice(await ask(true, NOW + second * 1000))).toBe(7);
    await Promise.all(work);
    expect(logged.mock.calls).toEqual([
      [JSON.stringify({ event: "owner_prices_unread", reason: "Error: KV is down" })],
    ]);
  });

  it("are the built-in ones where KV failed from the beginning, until it answers", async ({ expect }) => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    get.mockRejectedValueOnce(new Error("KV is down"));
    await say(7);
    expect(inputPrice(await ask(true, NOW))).toBe(BUILT_IN);
    const before = await ask(true, NOW + 1);
    expect([inputPrice(before), before.ownersKnown]).toEqual([BUILT_IN, false]);
    // Soon: what the owner alone has priced can't be asked for until then.
    await ask(true, NOW + 5_000);
    await Promise.all(work);
    const after = await ask(true, NOW + 5_001);
    expect([inputPrice(after), after.ownersKnown]).toEqual([7, true]);
    expect(logged).toHaveBeenCalledTimes(1);
  });

  for (const value of [{ schema: 2, prices: [] }, { schema: 1, prices: [{ model: "x" }] }, "text"]) {
    it(`that read ${JSON.stringify(value)} are none, and the log says so`, async ({ expect }) => {
      const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
      get.mockResolvedValue(value);
      expect(inputPrice(await ask(true, NOW))).toBe(BUILT_IN);
      const reason = "Error: The value of settings:prices can't be read.";
      expect(logged.mock.calls).toEqual([[JSON.stringify({ event: "owner_prices_unread", reason })]]);
    });
  }
});
