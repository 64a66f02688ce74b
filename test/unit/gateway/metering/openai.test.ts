import type { CompletionUsage } from "openai/resources/completions";
import type { ImagesResponse } from "openai/resources/images";
import type { ResponseUsage } from "openai/resources/responses/responses";
import { describe, it } from "vitest";
import { counts, events, meteredPermit, usedIn } from "../../support/metering.ts";

const CHAT_USAGE: CompletionUsage = {
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

const RESPONSE_USAGE: ResponseUsage = {
  input_tokens: 500,
  input_tokens_details: {
    cached_tokens: 300,
    cache_write_tokens: 120,
    cache_write_tokens_details: { ttl_30m_tokens: 20, ttl_12h_tokens: 100 },
  },
  output_tokens: 80,
  output_tokens_details: { reasoning_tokens: 30 },
  total_tokens: 580,
};
const RESPONSE_COUNTS = counts({
  input: 500,
  cacheRead: 300,
  cacheWrite: 20,
  cacheWriteLong: 100,
  output: 80,
  reasoning: 30,
});

const chunk = (delta: object, finish_reason: string | null = null): object => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  model: "gpt-x-2026-01-01",
  service_tier: "default",
  choices: [{ index: 0, delta, finish_reason }],
  usage: null,
});

const exact = (model: string | null, tier: string | null) => ({ estimated: false, model, tier });

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

describe("older completions, embeddings and decisions", () => {
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

  it("decisions, as responses have it", ({ expect }) => {
    const { main } = usedIn("responses", JSON.stringify({ answers: [], model: "m", usage: RESPONSE_USAGE }));
    expect(main).toMatchObject({ once: null, usage: { ...exact("m", null), counts: RESPONSE_COUNTS } });
  });
});

const response = (change: object = {}): object => ({
  id: "resp_1",
  object: "response",
  status: "completed",
  store: false,
  model: "gpt-x",
  service_tier: "priority",
  output: [],
  usage: RESPONSE_USAGE,
  ...change,
});

describe("responses", () => {
  it("in one piece, with the searches that were made", ({ expect }) => {
    const output = [
      { type: "web_search_call", status: "completed", action: { type: "search", query: "x" } },
      { type: "web_search_call", status: "completed", action: { type: "open_page", url: "https://x.example" } },
      { type: "message", content: [] },
    ];
    const { main } = usedIn("responses", JSON.stringify(response({ output })));
    expect(main?.once).toBe(null);
    expect(main?.usage).toMatchObject({
      ...exact("gpt-x", "priority"),
      counts: { ...RESPONSE_COUNTS, webSearches: 1 },
    });
  });

  for (const type of ["response.completed", "response.incomplete", "response.failed"]) {
    it(`as a stream that ends with ${type}`, ({ expect }) => {
      const text = events([
        // The request's tools come back in the first event, with whatever names of fields they have.
        { type: "response.created", response: response({ usage: null, tools: [{ usage: { input_tokens: 1 } }] }) },
        { type: "response.output_text.delta", delta: "hello" },
        { type, response: response() },
      ]);
      const { main } = usedIn("responses", text, { inLines: true });
      expect(main?.usage).toMatchObject({ ...exact("gpt-x", "priority"), counts: RESPONSE_COUNTS });
    });
  }

  it("that are stored are billed once, however often they are read", ({ expect }) => {
    const text = JSON.stringify(response({ store: true }));
    const permit = meteredPermit("responses", { endpoint: { body: "none", methods: ["GET"] } });
    expect(usedIn("responses", text).main?.once).toBe("response:resp_1");
    expect(usedIn("responses", text, { permit }).main?.once).toBe("response:resp_1");
  });

  describe("that go on in the background", () => {
    const text = JSON.stringify(response({ status: "queued", usage: null, store: true }));
    const estimate = { tokens: 5_000, micros: 70, unpriced: null };
    const prices = { estimate: () => estimate, cost: () => null };

    it("use nothing yet", ({ expect }) => {
      expect(usedIn("responses", text).main).toBe(null);
    });

    it("count at their worst at once under a limit, for nobody may come for them", ({ expect }) => {
      const permit = meteredPermit("responses", { granted: true, prices });
      expect(usedIn("responses", text, { permit }).main).toMatchObject({
        once: "response:resp_1",
        usage: { estimated: true, counts: counts({ output: 5_000 }) },
      });
    });

    it("use nothing when somebody looks after them", ({ expect }) => {
      const permit = meteredPermit("responses", { granted: true, prices, endpoint: { body: "none" } });
      expect(usedIn("responses", text, { permit }).main).toBe(null);
    });
  });
});

const IMAGE_USAGE: ImagesResponse["usage"] = {
  input_tokens: 60,
  input_tokens_details: { text_tokens: 20, image_tokens: 40 },
  output_tokens: 4_160,
  total_tokens: 4_220,
};
const IMAGE_COUNTS = counts({ input: 60, inputImage: 40, output: 4_160, outputImage: 4_160 });

describe("images", () => {
  it("in one piece, too long to be parsed, with another model's vector graphics beside", ({ expect }) => {
    const svg_usage = { model: "gpt-svg", input_tokens: 5, output_tokens: 7, reasoning_tokens: 2, total_tokens: 12 };
    const small = usedIn("images", JSON.stringify({ data: [], svg_usage, usage: IMAGE_USAGE }));
    expect(small.main?.usage).toMatchObject({ ...exact(null, null), counts: IMAGE_COUNTS });
    expect(small.apart.map(({ usage }) => usage)).toMatchObject([
      { model: "gpt-svg", counts: counts({ input: 5, output: 7, reasoning: 2 }) },
    ]);
    const big = usedIn("images", JSON.stringify({ data: [{ b64_json: "A".repeat(3_000_000) }], usage: IMAGE_USAGE }));
    expect(big.main?.usage.counts).toEqual(IMAGE_COUNTS);
  });

  it("as a stream", ({ expect }) => {
    const text = events([
      { type: "image_generation.partial_image", b64_json: "B".repeat(300_000) },
      { type: "image_generation.completed", b64_json: "C".repeat(300_000), usage: IMAGE_USAGE },
    ]);
    const { main, apart } = usedIn("images", text, { inLines: true });
    expect([main?.usage.counts, apart]).toEqual([IMAGE_COUNTS, []]);
  });
});

describe("audio", () => {
  it("transcriptions by tokens, in one piece and as a stream", ({ expect }) => {
    const usage = {
      type: "tokens",
      input_tokens: 14,
      output_tokens: 45,
      total_tokens: 59,
      input_token_details: { audio_tokens: 14, text_tokens: 0 },
    };
    const expected = counts({ input: 14, inputAudio: 14, output: 45 });
    expect(usedIn("transcription", JSON.stringify({ text: "hi", usage })).main?.usage.counts).toEqual(expected);
    const text = events([
      { type: "transcript.text.delta", delta: "hi" },
      { type: "transcript.text.done", usage },
    ]);
    expect(usedIn("transcription", text, { inLines: true }).main?.usage).toMatchObject({
      estimated: false,
      counts: expected,
    });
  });

  it("transcriptions by time", ({ expect }) => {
    const { main } = usedIn(
      "transcription",
      JSON.stringify({ text: "hi", usage: { type: "duration", seconds: 12.5 } }),
    );
    expect(main?.usage).toMatchObject({ estimated: false, counts: counts({ audioSeconds: 12.5 }) });
  });

  it("speech as a stream", ({ expect }) => {
    const usage = { input_tokens: 14, output_tokens: 101, total_tokens: 115 };
    const text = events([
      { type: "speech.audio.delta", audio: "AAAA" },
      { type: "speech.audio.done", usage },
    ]);
    expect(usedIn("speech", text, { inLines: true }).main?.usage).toMatchObject({
      estimated: false,
      counts: counts({ input: 14, output: 101 }),
    });
  });
});

describe("batches", () => {
  const usage = {
    input_tokens: 100,
    input_tokens_details: { cached_tokens: 10 },
    output_tokens: 50,
    output_tokens_details: { reasoning_tokens: 5 },
    total_tokens: 150,
  };
  const batch = { id: "batch_1", object: "batch", status: "completed", model: "gpt-x", usage };
  const permit = meteredPermit("openai-batch", { endpoint: { body: "none", methods: ["GET"] } });
  const charge = {
    once: "batch:batch_1",
    usage: { ...exact("gpt-x", "batch"), counts: counts({ input: 100, cacheRead: 10, output: 50, reasoning: 5 }) },
  };

  it("that are over, once, at their own price", ({ expect }) => {
    expect(usedIn("openai-batch", JSON.stringify(batch), { permit })).toMatchObject({ main: charge, apart: [] });
  });

  it("in a list", ({ expect }) => {
    const list = { object: "list", data: [batch, { ...batch, id: "batch_2", status: "in_progress" }] };
    expect(usedIn("openai-batch", JSON.stringify(list), { permit })).toMatchObject({ main: null, apart: [charge] });
  });

  it("that aren't over use nothing yet", ({ expect }) => {
    const text = JSON.stringify({ ...batch, status: "in_progress" });
    expect(usedIn("openai-batch", text, { permit })).toEqual({ main: null, apart: [] });
  });
});
