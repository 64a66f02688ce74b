import { describe, it } from "vitest";
import { costs, MILLION } from "../../support/pricing.ts";

describe("a price class", () => {
  for (const [provider, model, tier, micros] of [
    ["openai", "gpt-5", "default", 1_250_000],
    ["openai", "gpt-5", "batch", 625_000],
    ["openai", "gpt-5", "flex", 625_000],
    ["openai", "gpt-5", "priority", 2_500_000],
    ["openai", "gpt-5-2025-08-07", "priority", 2_500_000],
    ["openai", "gpt-5-mini", "priority", 450_000],
    ["openai", "gpt-4.1", "priority", 3_500_000],
    ["openai", "o3", "priority", 5_000_000],
    ["openai", "gpt-5", "something-new", 1_250_000],
    ["anthropic", "claude-haiku-4-5", "standard", 1_000_000],
    ["anthropic", "claude-haiku-4-5", "priority", 1_000_000],
    ["anthropic", "claude-haiku-4-5", "batch", 500_000],
    ["anthropic", "claude-haiku-4-5", "batch us", 550_000],
    ["anthropic", "claude-opus-5", "fast", 10_000_000],
    ["anthropic", "claude-opus-4-6", "standard fast", 30_000_000],
    ["gemini", "gemini-2.5-pro", "FLEX", 1_250_000],
    ["gemini", "gemini-2.5-pro", "priority", 5_000_000],
  ] as const) {
    it(`${tier} of ${model} costs ${micros / MILLION} dollars for a million`, ({ expect }) => {
      expect(costs(provider, model, { input: MILLION }, tier)).toBe(micros);
    });
  }
});
