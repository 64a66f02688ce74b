import { describe, it } from "vitest";
import { EXAMPLE_MODELS, modelsToShow } from "../../../shared/example-models.ts";

import type { ListedPrice, PriceList } from "../../../shared/prices.ts";

const price = (model: string, output: number): ListedPrice => ({
  provider: "openai",
  model,
  usdPerMillion: { input: 1, output },
  usdPerRequest: null,
  usdPerAudioMinute: null,
  maxOutputTokens: null,
  contextTokens: null,
  above: null,
});
const PRICES: PriceList = {
  date: "2026-11-01",
  source: "test",
  prices: [price("dear-one", 9), price("cheap-one", 1), price("cheap-*", 1), price("embedding-one", 0)],
};

describe("modelsToShow", () => {
  it("shows the example where the token may use it", ({ expect }) => {
    expect(modelsToShow(["openai", "gemini"], null, null)).toEqual({
      openai: EXAMPLE_MODELS.openai,
      gemini: EXAMPLE_MODELS.gemini,
    });
    expect(modelsToShow(["openai"], { openai: ["gpt-*"] }, PRICES)).toEqual({ openai: EXAMPLE_MODELS.openai });
  });

  it("shows a name that the rules spell out", ({ expect }) => {
    expect(modelsToShow(["openai"], { openai: ["dear-*", "my-own"] }, PRICES)).toEqual({ openai: "my-own" });
  });

  it("shows the cheapest model that writes and that the rules allow", ({ expect }) => {
    expect(modelsToShow(["openai"], { openai: ["*-one"] }, PRICES)).toEqual({ openai: "cheap-one" });
    expect(modelsToShow(["openai"], { openai: ["embedding*"] }, PRICES)).toEqual({ openai: EXAMPLE_MODELS.openai });
  });
});
