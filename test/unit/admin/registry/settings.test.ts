import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import type { RebuildReport } from "../../../../admin/registry/reports.ts";
import {
  countPendingSettings,
  putSettings,
  readSettings,
  settingPending,
} from "../../../../admin/registry/settings.ts";
import { type OwnerPrices, PRICES_KEY } from "../../../../shared/prices.ts";
import { breakDelivery, inRegistry, Owner, ring, ringDue, withSql } from "../../support/admin.ts";

let owner: Owner;
beforeEach(async () => {
  owner = await Owner.signedIn();
});
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const pricesOf = (model: string): OwnerPrices => ({
  schema: 1,
  prices: [
    {
      provider: "openai",
      model,
      usdPerMillion: { input: 1, output: 2 },
      usdPerRequest: null,
      usdPerAudioMinute: null,
      maxOutputTokens: null,
      contextTokens: null,
    },
  ],
});
const [OLD, NEW] = [pricesOf("old"), pricesOf("new")];
const say = (value: OwnerPrices) =>
  inRegistry(async ({ engine }) => {
    engine.write((sql, now) => putSettings(sql, PRICES_KEY, value, now));
    await engine.publishSettings(PRICES_KEY);
  });
const inKv = () => env.TOKENS.get(PRICES_KEY, "json");
const pending = () => withSql((sql) => settingPending(sql, PRICES_KEY));
const failing = () => Promise.reject(new Error("KV is down"));
const rebuild = async (target: string) => (await owner.send<RebuildReport>("POST", "/api/rebuild", { target })).body;

describe("a setting", () => {
  it("that nobody wrote is null, and nothing is pending", async ({ expect }) => {
    expect(await withSql((sql) => readSettings(sql, PRICES_KEY))).toBeNull();
    expect(await pending()).toBe(false);
    expect(await withSql(countPendingSettings)).toBe(0);
  });

  it("stands in registry and KV at once, and leaves no alarm behind", async ({ expect }) => {
    await say(NEW);
    expect(await withSql((sql) => readSettings(sql, PRICES_KEY))).toEqual(NEW);
    expect(await inKv()).toEqual(NEW);
    expect(await pending()).toBe(false);
    expect(await ring()).toBe(false);
  });

  it("that KV doesn't take is shown as pending, and the alarm tries until it lands", async ({ expect }) => {
    await breakDelivery({ put: failing });
    await say(NEW);
    const status = await owner.send<{ pending: unknown }>("GET", "/api/status");
    expect(status.body.pending).toEqual({ gateway: 0, kv: 0, settings: 1 });
    expect(await ringDue()).toBe(true);
    expect([await inKv(), await pending()]).toEqual([null, true]);
    await breakDelivery({ put: (key, value) => env.TOKENS.put(key, value) });
    expect(await ringDue()).toBe(true);
    expect([await inKv(), await pending()]).toEqual([NEW, false]);
  });

  it("is published as the newest value, even where an older one's way to KV was slow", async ({ expect }) => {
    const written: unknown[] = [];
    const slow = Promise.withResolvers<void>();
    await breakDelivery({
      put: async (key, value) => {
        if (written.length === 0) await slow.promise;
        written.push(JSON.parse(value));
        await env.TOKENS.put(key, value);
      },
    });
    const both = inRegistry(async ({ engine }) => {
      engine.write((sql, now) => putSettings(sql, PRICES_KEY, OLD, now));
      const first = engine.publishSettings(PRICES_KEY);
      await new Promise((resolve) => setTimeout(resolve, 20));
      engine.write((sql, now) => putSettings(sql, PRICES_KEY, NEW, now));
      const second = engine.publishSettings(PRICES_KEY);
      slow.resolve();
      await Promise.all([first, second]);
    });
    await both;
    expect(written).toEqual([OLD, NEW]);
    expect([await inKv(), await pending()]).toEqual([NEW, false]);
  });
});

describe("a rebuild", () => {
  it("of what is published brings settings back to KV, and counts their key as no token's", async ({ expect }) => {
    await say(NEW);
    await env.TOKENS.put(PRICES_KEY, JSON.stringify(OLD));
    expect(await rebuild("published")).toMatchObject({ keys: 1, unknown: 0, unreadable: 0, done: true });
    await ringDue();
    expect(await inKv()).toEqual(NEW);
  });

  it("of the registry takes over what KV knows", async ({ expect }) => {
    await env.TOKENS.put(PRICES_KEY, JSON.stringify(OLD));
    expect(await rebuild("registry")).toMatchObject({ keys: 1, settings: 1, unreadable: 0, done: true });
    expect(await withSql((sql) => readSettings(sql, PRICES_KEY))).toEqual(OLD);
  });

  it("of the registry never takes back what the owner said, and puts KV right", async ({ expect }) => {
    await say(NEW);
    await env.TOKENS.put(PRICES_KEY, JSON.stringify(OLD));
    expect(await rebuild("registry")).toMatchObject({ keys: 1, settings: 0, done: true });
    await ringDue();
    expect(await inKv()).toEqual(NEW);
    expect(await withSql((sql) => readSettings(sql, PRICES_KEY))).toEqual(NEW);
  });

  for (const text of ["{", '{"schema":2,"prices":[]}', '{"schema":1,"prices":[{"model":"x"}]}']) {
    it(`of the registry leaves ${text} alone`, async ({ expect }) => {
      await env.TOKENS.put(PRICES_KEY, text);
      expect(await rebuild("registry")).toMatchObject({ keys: 1, settings: 0, done: true });
      expect(await withSql((sql) => readSettings(sql, PRICES_KEY))).toBeNull();
      expect(await env.TOKENS.get(PRICES_KEY)).toBe(text);
    });
  }
});
