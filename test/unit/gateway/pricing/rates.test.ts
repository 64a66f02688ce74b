import { describe, it } from "vitest";
import { makePrices } from "../../../../gateway/pricing/prices.ts";
import type { ModelPrice } from "../../../../shared/prices.ts";
import type { UsageCounts } from "../../../../shared/usage.ts";
import { NOW, ownPrice, usageOf } from "../../support/pricing.ts";

const cost = (owners: ModelPrice[], counts: Partial<UsageCounts>, served: string | null, asked: string | null) =>
  makePrices(owners).cost(usageOf(counts, { model: served }), "openai", asked, NOW);

describe("the owner's prices", () => {
  it("come before the built-in ones, in their order, by glob", ({ expect }) => {
    const owners = [ownPrice("gpt-5-m*", { usdPerMillion: { input: 7, output: 7 } }), ownPrice("gpt-*")];
    expect(cost(owners, { input: 1 }, null, "gpt-5-mini")).toBe(7);
    expect(cost(owners, { input: 1 }, null, "GPT-5")).toBe(1);
    expect(cost(owners, { input: 1 }, null, "o3")).toBe(2);
  });

  it("are of one provider only", ({ expect }) => {
    expect(cost([ownPrice("*", { provider: "gemini" })], { input: 1 }, null, "gpt-5")).toBe(1.25);
  });

  it("of the name that was asked for count for its releases, not for other models", ({ expect }) => {
    expect(cost([ownPrice("gpt-5")], { input: 1 }, "gpt-5-2025-08-07", "gpt-5")).toBe(1);
    expect(cost([ownPrice("gpt-5")], { input: 1 }, "gpt-5-mini-2025-08-07", "gpt-5")).toBe(0.25);
  });

  it("may be for each request, and for time", ({ expect }) => {
    const owners = [ownPrice("m", { usdPerRequest: 0.04, usdPerAudioMinute: 0.006 })];
    expect(cost(owners, { input: 10, audioSeconds: 60 }, null, "m")).toBe(40_000 + 10 + 6_000);
  });

  it("leave Anthropic's caches at their usual factors", ({ expect }) => {
    const prices = makePrices([ownPrice("m", { provider: "anthropic", usdPerMillion: { input: 4, output: 8 } })]);
    const counts = { input: 300, cacheWrite: 100, cacheWriteLong: 100 };
    expect(prices.cost(usageOf(counts), "anthropic", "m", NOW)).toBe(400 + 500 + 800);
  });
});
