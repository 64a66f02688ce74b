import { describe, it } from "vitest";
import { makePrices } from "../../../../gateway/pricing/prices.ts";
import { BUILT_INS, costs, MILLION, NOW, ownPrice, usageOf } from "../../support/pricing.ts";

describe("what a call costs", () => {
  for (const [what, provider, model, counts, micros] of [
    ["input and output", "openai", "gpt-4o", { input: 1_000, output: 100 }, 2_500 + 1_000],
    ["input from a cache", "openai", "gpt-4o", { input: 1_000, cacheRead: 400 }, 600 * 2.5 + 400 * 1.25],
    ["reasoning, as output", "openai", "gpt-5", { output: 1_000, reasoning: 900 }, 10_000],
    ["written to a cache", "openai", "gpt-6-sol", { input: 1_000, cacheWrite: 400 }, 600 * 2 + 400 * 2.5],
    ["written for half a day", "openai", "gpt-6-sol", { input: 1_000, cacheWriteLong: 400 }, 600 * 2 + 400 * 2.5],
    ["written for 5 minutes", "anthropic", "claude-haiku-4-5", { input: 1_000, cacheWrite: 1_000 }, 1_250],
    ["written for an hour", "anthropic", "claude-haiku-4-5", { input: 1_000, cacheWriteLong: 1_000 }, 2_000],
    ["web searches", "anthropic", "claude-haiku-4-5", { webSearches: 3 }, 30_000],
    ["web searches that the data has no price of", "gemini", "gemini-2.5-flash", { webSearches: 1 }, 35_000],
    [
      "audio in and out",
      "openai",
      "gpt-realtime",
      { input: 30, inputAudio: 20, output: 10, outputAudio: 10 },
      40 + 640 + 640,
    ],
    [
      "audio from a cache",
      "openai",
      "gpt-realtime",
      { input: 20, inputAudio: 20, cacheRead: 10, cacheReadAudio: 10 },
      320 + 4,
    ],
    ["audio of Gemini", "gemini", "gemini-2.5-flash", { input: 100, inputAudio: 60 }, 40 * 0.3 + 60],
    ["audio that costs what text does", "gemini", "gemini-3.5-flash", { input: 100, inputAudio: 60 }, 150],
    ["images put in", "openai", "gpt-image-2", { input: 100, inputImage: 60 }, 40 * 5 + 60 * 8],
    [
      "images from a cache",
      "openai",
      "gpt-image-2",
      { input: 60, inputImage: 60, cacheRead: 60, cacheReadImage: 60 },
      120,
    ],
    [
      "images put out",
      "gemini",
      "gemini-2.5-flash-image",
      { output: 1_300, outputImage: 1_290 },
      10 * 2.5 + 1_290 * 30,
    ],
    ["speech of a model that only speaks", "gemini", "gemini-2.5-flash-tts", { output: 100, outputAudio: 100 }, 1_000],
    ["seconds of audio", "openai", "whisper-1", { audioSeconds: 90 }, 9_000],
    ["a part of a second", "openai", "whisper-1", { audioSeconds: 1.2345 }, 123.5],
    ["a long input, all of it dearer", "gemini", "gemini-2.5-pro", { input: 200_001, output: 10 }, 200_001 * 2.5 + 150],
    ["an input just below", "gemini", "gemini-2.5-pro", { input: 200_000, output: 10 }, 200_000 * 1.25 + 100],
    ["vectors", "openai", "text-embedding-3-small", { input: 1_000 }, 20],
    ["moderation, which is free", "openai", "omni-moderation-latest", { input: 1_000 }, 0],
    ["Gemma, which is free", "gemini", "models/gemma-3-27b-it", { input: 1_000, output: 1_000 }, 0],
    ["less than a thousandth, rounded up", "openai", "gpt-6-luna", { input: 1, cacheRead: 1 }, 0.01],
  ] as const) {
    it(`counts ${what}`, ({ expect }) => expect(costs(provider, model, counts)).toBe(micros));
  }

  for (const [what, provider, model, counts] of [
    ["of a model that nobody knows", "openai", "gpt-live-1", { input: 1 }],
    ["of a newer release with a name of its own", "anthropic", "claude-fable-5-2", { input: 1 }],
    ["of another", "openai", "gpt-6.1-sol", { input: 1 }],
    ["of a video model", "gemini", "veo-3.1-generate-preview", {}],
    ["of images", "gemini", "imagen-4.0-generate-001", {}],
    ["of a fine-tuned model whose price isn't known", "openai", "ft:gpt-4o-mini:acme::abc123", { input: 1 }],
    ["of another fine-tuned one", "openai", "ft:gpt-4-0613:acme::abc123", { input: 1 }],
    ["of audio where the data has the price of text alone", "openai", "gpt-4o-audio-preview", { input: 1 }],
    ["of audio that the model has no price for", "openai", "gpt-4o", { input: 10, inputAudio: 5 }],
    ["of images that the model has no price for", "gemini", "gemini-2.5-flash", { output: 10, outputImage: 5 }],
    ["of video among images", "gemini", "gemini-embedding-2", { input: 10, inputImage: 5 }],
    ["of time that the model isn't billed by", "openai", "gpt-4o", { audioSeconds: 5 }],
    ["of a transcription that tells no time", "openai", "whisper-1", {}],
    ["of tokens where time is billed", "openai", "whisper-1", { input: 5, audioSeconds: 1 }],
    ["of text out of a model of vectors", "openai", "text-embedding-3-small", { output: 1 }],
  ] as const) {
    it(`isn't known ${what}`, ({ expect }) => expect(costs(provider, model, counts)).toBeNull());
  }

  it("isn't known where no model was named", ({ expect }) => {
    expect(BUILT_INS.cost(usageOf({ input: 1 }), "openai", null, NOW)).toBeNull();
    expect(BUILT_INS.cost(usageOf({ input: 1 }), "openai", "g".repeat(1_000), NOW)).toBeNull();
  });

  it("is known of a fine-tuned model at that kind's own price", ({ expect }) => {
    expect(costs("openai", "ft:gpt-4o-mini-2024-07-18:acme::abc123", { input: MILLION })).toBe(300_000);
  });

  it("goes by the model that served, else by the one that was asked for", ({ expect }) => {
    const [mini, unknown] = ["gpt-5-mini-2025-08-07", "gpt-x"].map((model) =>
      BUILT_INS.cost(usageOf({ input: MILLION }, { model }), "openai", "gpt-5", NOW),
    );
    expect([mini, unknown]).toEqual([250_000, 1_250_000]);
  });

  it("changes on the day of a new price", ({ expect }) => {
    const [before, after] = ["2026-12-31", "2027-01-01"].map((day) =>
      costs("gemini", "gemini-3.7-flash", { input: MILLION }, null, Date.parse(day)),
    );
    expect([before, after]).toEqual([750_000, 1_500_000]);
  });

  it("is exact where floating point isn't", ({ expect }) => {
    // 0.1 + 0.2 and their kin: three prices of a tenth, a million times.
    const prices = makePrices([ownPrice("m", { usdPerMillion: { input: 0.1, cacheRead: 0.2, output: 0.3 } })]);
    const counts = { input: 3 * MILLION + 3, cacheRead: MILLION + 1, output: MILLION + 1 };
    expect(prices.cost(usageOf(counts), "openai", "m", NOW)).toBe(700_000.7);
  });

  it("takes overlapping parts for the dearer kind, and never counts a token twice", ({ expect }) => {
    // 80 of audio and 50 from a cache in an input of 100: 30 are both, unseen.
    expect(costs("gemini", "gemini-2.5-flash", { input: 100, inputAudio: 80, cacheRead: 50 })).toBe(80 + 20 * 0.03);
  });

  it("counts parts that are more than their whole", ({ expect }) => {
    expect(costs("openai", "gpt-4o", { input: 0, cacheRead: 100 })).toBe(125);
  });

  it("isn't known where a count is none", ({ expect }) => {
    expect(costs("openai", "gpt-4o", { input: Number.NaN })).toBeNull();
    expect(costs("openai", "gpt-4o", { input: 5, output: -5 })).toBeNull();
  });
});
