import { describe, it } from "vitest";
import type { Call } from "../../../../gateway/call.ts";
import { makePrices } from "../../../../gateway/pricing/prices.ts";
import type { Provider } from "../../../../shared/providers.ts";
import { BUILT_INS, callOf, endpointOf, NOW, ownPrice } from "../../support/pricing.ts";

const estimate = (provider: Provider, model: string | null, change: Partial<Call> = {}, prices = BUILT_INS) =>
  prices.estimate(callOf(model, change), provider, NOW);

describe("the worst that a call may use", () => {
  it("is a token for each byte, what the provider adds, and the bound on output", ({ expect }) => {
    expect(estimate("openai", "gpt-4o")).toEqual({
      tokens: 1_000 + 1_000 + 100,
      micros: 2_000 * 2.5 + 100 * 10,
      unpriced: null,
    });
  });

  it("is written to the cache for an hour, at Anthropic", ({ expect }) => {
    const { micros } = estimate("anthropic", "claude-haiku-4-5", { endpoint: endpointOf("messages") });
    expect(micros).toBe(5_000 * 2 + 100 * 5);
  });

  it("is the price of audio, where the model has one", ({ expect }) => {
    const { micros } = estimate("gemini", "gemini-2.5-flash", { endpoint: endpointOf("generate") });
    expect(micros).toBe(2_000 * 1 + 100 * 2.5);
  });

  it("has each image as large as it can be", ({ expect }) => {
    const input = { bytes: 0, images: 3, unseen: false };
    expect(estimate("anthropic", "claude-haiku-4-5", { input }).tokens).toBe(3 * 4_784 + 4_000 + 100);
    expect(estimate("openai", "gpt-4o-mini", { input }).tokens).toBe(Math.min(3 * 48_169 + 1_000, 134_400) + 100);
  });

  it("is the context where content can't be seen, and never more than it", ({ expect }) => {
    const unseen = { bytes: 10, images: 0, unseen: true };
    const large = { bytes: 50_000_000, images: 0, unseen: false };
    expect(estimate("anthropic", "claude-haiku-4-5", { input: unseen }).tokens).toBe(210_000 + 100);
    expect(estimate("anthropic", "claude-haiku-4-5", { input: large }).tokens).toBe(210_000 + 100);
    expect(estimate("gemini", "gemini-2.5-pro", { input: unseen }).tokens).toBe(1_048_576 + 100);
    expect(estimate("openai", "nobody-knows", { input: unseen }).tokens).toBe(2_097_152 + 100);
  });

  it("is not bounded by the context where a request has many inputs", ({ expect }) => {
    const change = { endpoint: endpointOf("embeddings"), input: { bytes: 300_000, images: 0, unseen: false } };
    expect(estimate("openai", "text-embedding-3-small", change)).toMatchObject({ tokens: 301_000, micros: 6_020 });
  });

  for (const [provider, model, most] of [
    ["openai", "gpt-5", 128_000],
    ["openai", "gpt-5-pro", 272_000],
    ["openai", "gpt-4", 8_602],
    ["anthropic", "claude-haiku-4-5", 64_000],
    ["gemini", "gemini-2.5-pro", 65_536],
    ["openai", "nobody-knows", 272_000],
  ] as const) {
    it(`puts out ${most} tokens where a request to ${model} sets no bound`, ({ expect }) => {
      const input = { bytes: 0, images: 0, unseen: false };
      const { tokens } = estimate(provider, model, { input, outputBound: null });
      expect(tokens - estimate(provider, model, { input, outputBound: 0 }).tokens).toBe(most);
    });
  }

  it("may have several answers in a chat, and one elsewhere", ({ expect }) => {
    const [several, one] = (["chat", "responses"] as const).map(
      (body) => estimate("openai", "gpt-4", { endpoint: endpointOf(body), outputBound: 50_000 }).tokens - 2_000,
    );
    expect([several, one]).toEqual([50_000, 8_602]);
  });

  it("goes by the owner's word before any table", ({ expect }) => {
    const prices = makePrices([ownPrice("gpt-5*", { maxOutputTokens: 10, contextTokens: 500 })]);
    expect(estimate("openai", "gpt-5-mini", { outputBound: null }, prices)).toEqual({
      tokens: 510,
      micros: 500 + 20,
      unpriced: null,
    });
  });

  it("reckons with a price that changes before the answer ends", ({ expect }) => {
    const [before, just] = ["2026-12-30", "2026-12-31T12:00:00Z"].map(
      (day) => BUILT_INS.estimate(callOf("gemini-3.8-flash"), "gemini", Date.parse(day)).micros,
    );
    expect([before, just]).toEqual([2_000 * 0.75 + 375, 2_000 * 1.5 + 750]);
  });

  it("is in the price class that is asked for, in the dearest where nobody looked", ({ expect }) => {
    const [none, flex, priority] = [null, "flex", "priority"].map(
      (tier) => estimate("openai", "gpt-5", { tier }).micros,
    );
    const unread: Partial<Call> = callOf("gpt-5");
    delete unread.tier;
    const standard = 2_000 * 1.25 + 1_000;
    expect([none, flex, priority]).toEqual([standard, standard, standard * 2]);
    expect(BUILT_INS.estimate(unread as Call, "openai", NOW).micros).toBe(standard * 2);
  });

  it("takes the longest input's tier", ({ expect }) => {
    const input = { bytes: 250_000, images: 0, unseen: false };
    expect(estimate("gemini", "gemini-2.5-pro", { input }).micros).toBe(251_000 * 2.5 + 1_500);
  });

  it("is nothing where an endpoint is free", ({ expect }) => {
    const endpoint = endpointOf("none", "free");
    expect(estimate("openai", null, { endpoint })).toEqual({ tokens: 0, micros: 0, unpriced: null });
  });
});

describe("what has no known price", () => {
  for (const [what, provider, model, change, words] of [
    ["a model", "openai", "gpt-live-1", {}, "the model gpt-live-1"],
    ["a video model", "gemini", "veo-3.1-generate-preview", {}, "the model veo-3.1-generate-preview"],
    ["no model", "openai", null, {}, "a request that names no model"],
    ["an endpoint that the table doesn't know", "openai", "gpt-5", { endpoint: null }, "this endpoint"],
    ["training and its like", "openai", "gpt-5", { endpoint: endpointOf("none", "unknown") }, "this endpoint"],
    ["a tool", "anthropic", "claude-haiku-4-5", { hostedTools: ["web_search"] }, "the tool web_search"],
    ["time", "openai", "whisper-1", {}, "the model whisper-1, which is billed by time,"],
    [
      "images",
      "openai",
      "gpt-image-2",
      { endpoint: endpointOf("images"), outputBound: null },
      "images of the model gpt-image-2",
    ],
    [
      "searches",
      "openai",
      "gpt-4o-mini-search-preview",
      {},
      "the model gpt-4o-mini-search-preview, which searches the web by itself,",
    ],
    ["video", "gemini", "gemini-embedding-2", {}, "the model gemini-embedding-2"],
  ] as const) {
    it(`is said of ${what}, and the tokens are still bounded`, ({ expect }) => {
      const { tokens, micros, unpriced } = estimate(provider, model, change);
      expect([micros, unpriced]).toEqual([null, words]);
      expect(tokens).toBeGreaterThan(0);
    });
  }

  it("is time in the owner's prices too", ({ expect }) => {
    const prices = makePrices([ownPrice("m", { usdPerMillion: { input: 0, output: 0 }, usdPerAudioMinute: 0.006 })]);
    expect(estimate("openai", "m", {}, prices).unpriced).toBe("the model m, which is billed by time,");
  });

  it("is named in few words, however long the name", ({ expect }) => {
    expect(estimate("openai", "x".repeat(100_000)).unpriced).toBe(`the model ${"x".repeat(100)}`);
  });
});
