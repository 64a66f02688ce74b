import { describe, it } from "vitest";
import { geminiCounts } from "../../../../gateway/metering/shapes.ts";
import { counts, events, meteredPermit, usedIn } from "../../support/metering.ts";

/** Fields of `GenerateContentResponseUsageMetadata` of @google/genai. */
const USAGE = {
  promptTokenCount: 300,
  cachedContentTokenCount: 100,
  candidatesTokenCount: 40,
  thoughtsTokenCount: 60,
  toolUsePromptTokenCount: 20,
  totalTokenCount: 420,
  promptTokensDetails: [
    { modality: "TEXT", tokenCount: 42 },
    { modality: "IMAGE", tokenCount: 258 },
  ],
  cacheTokensDetails: [{ modality: "IMAGE", tokenCount: 90 }],
  candidatesTokensDetails: [{ modality: "IMAGE", tokenCount: 30 }],
  trafficType: "ON_DEMAND",
  serviceTier: "FLEX",
};
const COUNTS = counts({
  input: 320,
  cacheRead: 100,
  inputImage: 258,
  cacheReadImage: 90,
  output: 100,
  reasoning: 60,
  outputImage: 30,
});
const part = (text: string, change: object = {}): object => ({
  candidates: [{ content: { parts: [{ text }], role: "model" }, index: 0 }],
  modelVersion: "gemini-x-001",
  usageMetadata: { promptTokenCount: 300, candidatesTokenCount: 1, totalTokenCount: 301 },
  ...change,
});
const LAST = part("b", {
  candidates: [{ finishReason: "STOP", groundingMetadata: { webSearchQueries: ["one", "two"] } }],
  usageMetadata: USAGE,
});

describe("generateContent", () => {
  const expected = {
    once: null,
    usage: { estimated: false, model: "gemini-x-001", tier: "flex", counts: { ...COUNTS, webSearches: 2 } },
  };

  it("in one piece: thoughts are output, what tools put into the prompt is input", ({ expect }) => {
    const { main } = usedIn("generate", JSON.stringify(LAST));
    expect(main).toMatchObject(expected);
    expect(main?.usage.raw).toMatchObject({ thoughtsTokenCount: 60, "promptTokensDetails.IMAGE.tokenCount": 258 });
  });

  it("as events, each with the sums so far", ({ expect }) => {
    const text = events([part("a"), LAST]).replaceAll("\n", "\r\n");
    for (const size of [11, 100_000]) {
      expect(usedIn("generate", text, { inLines: true, size }).main).toMatchObject(expected);
    }
  });

  it("as a list of parts, which streams where nobody asked for events", ({ expect }) => {
    const text = `[${JSON.stringify(part("a"), null, 2)}\n,\r\n${JSON.stringify(LAST, null, 2)}\n]`;
    expect(usedIn("generate", text, { size: 100 }).main).toMatchObject(expected);
  });

  it("as such a list that broke off: what came so far, and the words that came", ({ expect }) => {
    const text = `[${JSON.stringify(part("a".repeat(400)))},\n{"candidates": [{"conte`;
    const { main } = usedIn("generate", text, { ending: { whole: false } });
    expect(main?.usage).toMatchObject({
      estimated: true,
      model: "gemini-x-001",
      counts: counts({ input: 300, output: 100 }),
    });
  });

  it("that the prompt was refused for", ({ expect }) => {
    const body = {
      promptFeedback: { blockReason: "SAFETY" },
      usageMetadata: { promptTokenCount: 8, totalTokenCount: 8 },
    };
    expect(usedIn("generate", events([body]), { inLines: true }).main?.usage).toMatchObject({
      estimated: false,
      counts: counts({ input: 8 }),
    });
  });

  it("with a larger picture in it than is parsed", ({ expect }) => {
    const data = "A".repeat(2_000_000);
    const candidates = [{ content: { parts: [{ inlineData: { data } }] }, finishReason: "STOP" }];
    const { main } = usedIn(
      "generate",
      JSON.stringify({ candidates, usageMetadata: USAGE, modelVersion: "gemini-img" }),
    );
    expect(main?.usage).toMatchObject({ estimated: false, model: "gemini-img", counts: COUNTS });
  });

  it("counts Live's names for the same", ({ expect }) => {
    const usage = {
      promptTokenCount: 30,
      responseTokenCount: 12,
      promptTokensDetails: [{ modality: "AUDIO", tokenCount: 25 }],
      responseTokensDetails: [{ modality: "AUDIO", tokenCount: 10 }],
    };
    expect(geminiCounts(usage)).toEqual(counts({ input: 30, inputAudio: 25, output: 12, outputAudio: 10 }));
  });
});

describe("vectors and pictures", () => {
  const call = { input: { bytes: 400, images: 1, unseen: false } };

  it("embeddings, where the usage is told", ({ expect }) => {
    const text = JSON.stringify({ embedding: { values: [1] }, usageMetadata: { promptTokenCount: 5 } });
    const { main } = usedIn("embed", text);
    expect(main?.usage).toMatchObject({ estimated: false, counts: counts({ input: 5 }) });
  });

  for (const kind of ["embed", "predict"] as const) {
    it(`${kind}, where it isn't: an estimate of what went in`, ({ expect }) => {
      const { main } = usedIn(kind, JSON.stringify({ predictions: [{ bytesBase64Encoded: "AA" }] }), {
        permit: meteredPermit(kind, { call }),
      });
      expect(main?.usage).toMatchObject({ estimated: true, counts: counts({ input: 1_100 }) });
    });
  }
});

describe("interactions", () => {
  const usage = {
    total_input_tokens: 100,
    total_cached_tokens: 40,
    total_output_tokens: 20,
    total_thought_tokens: 30,
    total_tool_use_tokens: 7,
    total_tokens: 157,
    input_tokens_by_modality: [{ modality: "audio", tokens: 60 }],
    grounding_tool_count: [
      { type: "google_search", count: 3 },
      { type: "google_maps", count: 1 },
    ],
  };
  const expected = counts({ input: 107, cacheRead: 40, inputAudio: 60, output: 50, reasoning: 30, webSearches: 3 });
  const interaction = { id: "int_1", model: "gemini-x", status: "completed", service_tier: "standard", usage };

  it("in one piece", ({ expect }) => {
    expect(usedIn("interactions", JSON.stringify(interaction)).main).toMatchObject({
      once: "interaction:int_1",
      usage: { estimated: false, model: "gemini-x", tier: "standard", counts: expected },
    });
  });

  it("as a stream", ({ expect }) => {
    const text = events([
      { event_type: "interaction.created", interaction: { id: "int_1", model: "gemini-x", status: "in_progress" } },
      {
        event_type: "step.delta",
        delta: { type: "text", text: "hi" },
        metadata: { total_usage: { total_input_tokens: 1 } },
      },
      { event_type: "step.stop", index: 0, usage: { total_input_tokens: 100, total_output_tokens: 5 } },
      { event_type: "interaction.completed", interaction },
    ]);
    for (const size of [13, 100_000]) {
      expect(usedIn("interactions", text, { inLines: true, size }).main).toMatchObject({
        once: "interaction:int_1",
        usage: { estimated: false, counts: expected },
      });
    }
  });

  it("that go on in the background use nothing yet", ({ expect }) => {
    const text = JSON.stringify({ ...interaction, status: "in_progress", usage: undefined });
    expect(usedIn("interactions", text).main).toBe(null);
  });
});
