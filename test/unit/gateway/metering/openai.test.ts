import { describe, it } from "vitest";
import { counts, events, usedIn } from "../../support/metering.ts";

/** Fields of `CompletionUsage` of the openai package. */
const CHAT_USAGE = {
  prompt_tokens: 1_000,
  completion_tokens: 300,
  total_tokens: 1_300,
  prompt_tokens_details: { cached_tokens: 600, cache_write_tokens: 100, audio_tokens: 50, image_tokens: 70 },
  completion_tokens_details: { reasoning_tokens: 200, audio_tokens: 20, accepted_prediction_tokens: 1 },
};
const CHAT_COUNTS = counts({
  input: 1_000,
  cacheRead: 600,
  cacheWrite: 100,
  inputAudio: 50,
  inputImage: 70,
  output: 300,
  reasoning: 200,
  outputAudio: 20,
});

const chunk = (delta: object, finish_reason: string | null = null): object => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  model: "gpt-x-2026-01-01",
  service_tier: "default",
  choices: [{ index: 0, delta, finish_reason }],
  usage: null,
});

const exact = (model: string | null, tier: string | null): object => ({ estimated: false, model, tier });

describe("chat completions", () => {
  it("in one piece, with every part and the provider's own numbers", ({ expect }) => {
    const { main, apart } = usedIn(
      "chat",
      JSON.stringify(
        { model: "gpt-x-2026-01-01", service_tier: "flex", choices: [{ finish_reason: "stop" }], usage: CHAT_USAGE },
        null,
        2,
      ),
    );
    expect(apart).toEqual([]);
    expect(main).toEqual({
      once: null,
      usage: {
        ...exact("gpt-x-2026-01-01", "flex"),
        counts: CHAT_COUNTS,
        raw: {
          prompt_tokens: 1_000,
          completion_tokens: 300,
          total_tokens: 1_300,
          "prompt_tokens_details.cached_tokens": 600,
          "prompt_tokens_details.cache_write_tokens": 100,
          "prompt_tokens_details.audio_tokens": 50,
          "prompt_tokens_details.image_tokens": 70,
          "completion_tokens_details.reasoning_tokens": 200,
          "completion_tokens_details.audio_tokens": 20,
          "completion_tokens_details.accepted_prediction_tokens": 1,
        },
      },
    });
  });

  for (const size of [1, 7, 1_000_000]) {
    it(`as a stream whose last event has it, read in pieces of ${size} bytes`, ({ expect }) => {
      const text = events(
        [
          chunk({ content: 'she said "usage": {"prompt_tokens": 1} 日本' }),
          chunk({}, "stop"),
          { ...chunk({}), choices: [], usage: CHAT_USAGE },
        ],
        "data: [DONE]\n\n",
      );
      const { main } = usedIn("chat", text, { inLines: true, size });
      expect(main?.usage).toMatchObject({ ...exact("gpt-x-2026-01-01", "default"), counts: CHAT_COUNTS });
    });
  }

  it("as a stream of Gemini's dialect, which tells the sums so far in each event", ({ expect }) => {
    const text = events([
      { ...chunk({ content: "a" }), usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 } },
      { ...chunk({ content: "b" }, "stop"), usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 } },
    ]);
    expect(usedIn("chat", text, { inLines: true }).main?.usage).toMatchObject({
      estimated: false,
      counts: counts({ input: 9, output: 2 }),
    });
  });

  it("with words about usage in it, which are none", ({ expect }) => {
    const usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 };
    const choices = [{ message: { content: '"usage":{"prompt_tokens":0}' }, finish_reason: "stop" }];
    expect(usedIn("chat", JSON.stringify({ model: "m", usage, choices })).main?.usage.counts).toEqual(
      counts({ input: 3, output: 4 }),
    );
  });
});

describe("older completions and embeddings", () => {
  it("completions", ({ expect }) => {
    const text = events([
      { choices: [{ text: "hi", finish_reason: "stop" }], model: "instruct", usage: null },
      { choices: [], model: "instruct", usage: { prompt_tokens: 2, completion_tokens: 1, total_tokens: 3 } },
    ]);
    const { main } = usedIn("completions", text, { inLines: true });
    expect(main?.usage).toMatchObject({ ...exact("instruct", null), counts: counts({ input: 2, output: 1 }) });
  });

  it("embeddings, with vectors too long to be parsed", ({ expect }) => {
    const data = Array.from({ length: 250 }, () => ({ embedding: Array.from({ length: 300 }, (_, at) => at / 7) }));
    const body = { object: "list", data, model: "text-embedding-x", usage: { prompt_tokens: 12, total_tokens: 12 } };
    const text = JSON.stringify(body);
    expect(text.length).toBeGreaterThan(1_000_000);
    const { main } = usedIn("embeddings", text);
    expect(main?.usage).toMatchObject({ ...exact("text-embedding-x", null), counts: counts({ input: 12 }) });
  });
});
