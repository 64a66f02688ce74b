import { describe, it } from "vitest";
import { counts, events, meteredPermit, usedIn } from "../../support/metering.ts";

const exact = (model: string | null, tier: string | null): object => ({ estimated: false, model, tier });

/** Fields of `ImagesResponse.Usage` of the openai package. */
const IMAGE_USAGE = {
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

  it("that aren't over use nothing yet", ({ expect }) => {
    const text = JSON.stringify({ ...batch, status: "in_progress" });
    expect(usedIn("openai-batch", text, { permit })).toEqual({ main: null, apart: [] });
  });
});
