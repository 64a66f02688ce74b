import { describe, it } from "vitest";
import packageJson from "../../../../node_modules/@pydantic/genai-prices/package.json";
import { builtIn, builtInPrices, ratesAt } from "../../../../gateway/pricing/built-in.ts";
import { PROVIDERS } from "../../../../shared/providers.ts";

const NOW = Date.parse("2026-11-28T00:00:00Z");

describe("the built-in prices", () => {
  it("say of which day and package they are", ({ expect }) => {
    const { date, source } = builtInPrices(NOW);
    expect(source).toBe(`@pydantic/genai-prices ${packageJson.version}`);
    expect(date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(Date.parse(date)).toBeLessThan(NOW);
  });

  it("are of all three providers and of no other's models", ({ expect }) => {
    const { prices } = builtInPrices(NOW);
    for (const provider of PROVIDERS) {
      expect(prices.filter((one) => one.provider === provider).length).toBeGreaterThan(15);
    }
    expect(prices.filter(({ provider, model }) => provider !== "anthropic" && model.startsWith("claude"))).toEqual([]);
  });

  it("list a price per minute, and what a long input costs", ({ expect }) => {
    const { prices } = builtInPrices(NOW);
    const of = (model: string) => prices.find((one) => one.model === model);
    expect(of("whisper-1")?.usdPerAudioMinute).toBeCloseTo(0.006, 9);
    expect(of("gemini-2.5-pro")).toMatchObject({
      usdPerMillion: { input: 1.25, output: 10, cacheRead: 0.125 },
      above: { inputTokens: 200_000, usdPerMillion: { input: 2.5, output: 15, cacheRead: 0.25 } },
    });
    expect(of("claude-haiku-4-5")).toMatchObject({ contextTokens: 200_000, above: null });
  });

  it("change on their day", ({ expect }) => {
    const row = builtIn().models.gemini.find(({ id }) => id === "gemini-3.6-flash");
    const inputAt = (time: string) => row && ratesAt(row, Date.parse(time)).input;
    expect(inputAt("2026-12-31T23:59:59.999Z")).toBe(0.75);
    expect(inputAt("2027-01-01T00:00:00Z")).toBe(1.5);
  });

  it("never fall where the input gets longer: the bound on a call's cost goes by that", ({ expect }) => {
    const tiers = PROVIDERS.flatMap((provider) =>
      builtIn().models[provider].flatMap(({ versions }) => versions.flatMap(({ rates }) => Object.values(rates))),
    ).filter((rate) => typeof rate === "object" && rate !== null);
    expect(tiers.length).toBeGreaterThan(10);
    for (const [base, ...above] of tiers) {
      const prices = [base, ...above.map(([, price]) => price)];
      const starts = above.map(([start]) => start);
      expect(prices).toEqual(prices.toSorted((one, other) => one - other));
      expect(starts).toEqual(starts.toSorted((one, other) => one - other));
    }
  });

  it("have none of a fine-tuned model under the name of its base", ({ expect }) => {
    const rules = builtIn()
      .models.openai.filter(({ id }) => !id.startsWith("ft:"))
      .flatMap(({ match }) => match.flat());
    expect(rules.filter((rule) => rule.slice(1).startsWith("ft:"))).toEqual([]);
  });

  it("are free for few models only", ({ expect }) => {
    const free = builtInPrices(NOW).prices.filter(
      ({ usdPerMillion, usdPerAudioMinute }) =>
        usdPerAudioMinute === null && Object.values(usdPerMillion).every((price) => price === 0),
    );
    expect(free.map(({ model }) => model)).toEqual([
      "moderation",
      "gemma-3",
      "gemma-3n",
      "gemma-4-26b-a4b-it",
      "gemma-4-31b-it",
    ]);
  });
});
