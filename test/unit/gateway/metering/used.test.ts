import * as fc from "fast-check";
import { describe, it } from "vitest";
import type { MeterKind } from "../../../../gateway/endpoints.ts";
import { METER_ROWS } from "../../../../gateway/metering/rows.ts";
import type { Permit } from "../../../../gateway/stages/admit.ts";
import { COUNT_NAMES } from "../../../../shared/usage.ts";
import { counts, events, meteredPermit, namedEvents, usedIn } from "../../support/metering.ts";

const KINDS = Object.keys(METER_ROWS) as MeterKind[];
const LEFT = { whole: false };
const call = { input: { bytes: 4_001, images: 2, unseen: false } };
/** A permit for which the guard holds so many tokens. */
const holding = (tokens: number): Pick<Permit, "reserved"> => ({ reserved: { tokens, micros: null } });
const words = (...said: string[]) =>
  events(
    said.map((content) => ({ model: "gpt-x", choices: [{ delta: { content }, finish_reason: null }], usage: null })),
  );

describe("an estimate, where nothing was reported", () => {
  it("takes a token for each four bytes of the request and a thousand for an image", ({ expect }) => {
    const { main } = usedIn("embeddings", "{}", { permit: meteredPermit("embeddings", { call }) });
    expect(main?.usage).toEqual({
      counts: counts({ input: 3_001 }),
      estimated: true,
      model: null,
      tier: null,
      raw: {},
    });
  });

  it("takes the request's length where nobody read it, up to a megabyte", ({ expect }) => {
    for (const [sentBytes, input] of [
      [400, 100],
      [50_000_000, 262_144],
    ] as const) {
      expect(usedIn("embeddings", "{}", { ending: { sentBytes } }).main?.usage.counts).toEqual(counts({ input }));
    }
  });

  it("takes a token for each four bytes of the words that were seen", ({ expect }) => {
    const text = words("x".repeat(400), "y".repeat(400));
    const { main } = usedIn("chat", text, { inLines: true, ending: LEFT });
    expect(main?.usage).toMatchObject({ estimated: true, model: "gpt-x", counts: counts({ output: 200 }) });
  });

  it("takes one token at least for each piece", ({ expect }) => {
    const text = words("a", "b", "c", "d", "e", "f", "g", "h");
    expect(usedIn("chat", text, { inLines: true, ending: LEFT }).main?.usage.counts.output).toBe(8);
  });

  it("counts words also beyond what is kept of a stream", ({ expect }) => {
    const text = words(...Array.from({ length: 400 }, () => "z".repeat(8_000)));
    expect(usedIn("chat", text, { inLines: true, ending: LEFT }).main?.usage.counts.output).toBe(800_000);
  });

  it("takes fifty tokens for each second where no word was seen", ({ expect }) => {
    const { main } = usedIn("messages", "", { ending: { whole: false, ms: 3_000 } });
    expect(main?.usage).toMatchObject({ estimated: true, counts: counts({ output: 150 }) });
  });

  it("is never above what the guard holds", ({ expect }) => {
    const permit = meteredPermit("chat", { call, ...holding(3_100) });
    const { main } = usedIn("chat", words("x".repeat(4_000)), { inLines: true, permit, ending: LEFT });
    expect(main?.usage.counts).toEqual(counts({ input: 3_001, output: 99 }));
  });

  it("takes speech by its text, and transcripts by the length of the file", ({ expect }) => {
    const speech = usedIn("speech", "", {
      permit: meteredPermit("speech", { call: { input: { ...call.input, images: 0 } } }),
    });
    expect(speech.main?.usage.counts).toEqual(counts({ input: 1_001, output: 5_602, outputAudio: 5_602 }));
    const transcript = usedIn("transcription", "", { ending: { sentBytes: 3_200_000 } });
    expect(transcript.main?.usage.counts).toEqual(counts({ audioSeconds: 200 }));
  });

  it("isn't made of what is read again", ({ expect }) => {
    const permit = meteredPermit("responses", { endpoint: { body: "none" } });
    expect(usedIn("responses", '{"object":"response"}', { permit, ending: { ms: 5_000 } }).main).toBe(null);
  });
});

const said = (text: string) => ({ type: "content_block_delta", delta: { type: "text_delta", text } });

describe("a client that leaves", () => {
  const usage = { input_tokens: 70, cache_read_input_tokens: 30, output_tokens: 2, service_tier: "standard" };
  const start = { type: "message_start", message: { model: "claude-x", usage } };

  it("is charged the input that was reported and the output that was seen", ({ expect }) => {
    const text = namedEvents([start, said("x".repeat(100)), said("y".repeat(100))]);
    const permit = meteredPermit("messages", { call });
    expect(usedIn("messages", text, { inLines: true, permit, ending: LEFT }).main?.usage).toMatchObject({
      estimated: true,
      model: "claude-x",
      tier: "standard",
      counts: counts({ input: 100, cacheRead: 30, output: 50 }),
    });
  });

  it("behind the last numbers is charged exactly those", ({ expect }) => {
    const delta = { type: "message_delta", usage: { output_tokens: 90 } };
    const text = namedEvents([start, said("x".repeat(4_000)), delta]);
    expect(usedIn("messages", text, { inLines: true, ending: LEFT }).main?.usage).toMatchObject({
      estimated: false,
      counts: counts({ input: 100, cacheRead: 30, output: 90 }),
    });
  });

  it("is charged what was reported so far where that is more than was seen", ({ expect }) => {
    const part = { candidates: [{ content: { parts: [{ text: "hi" }] } }] };
    const text = events([
      { ...part, usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 3, thoughtsTokenCount: 500 } },
    ]);
    const { main } = usedIn("generate", text, { inLines: true, ending: LEFT });
    expect(main?.usage).toMatchObject({ estimated: true, counts: counts({ input: 9, output: 503, reasoning: 500 }) });
  });

  it("isn't known from a provider that ends its stream without numbers: that is an estimate too", ({ expect }) => {
    const text = namedEvents([start, said("x".repeat(400)), { type: "error" }]);
    expect(usedIn("messages", text, { inLines: true }).main?.usage).toMatchObject({
      estimated: true,
      counts: counts({ input: 100, cacheRead: 30, output: 100 }),
    });
  });
});

/** What a provider might put where a number belongs. */
const wild = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(null, true, "12", "", [], {}, -1, 1e300, Number.MAX_SAFE_INTEGER),
  fc.array(fc.record({ modality: fc.constantFrom("TEXT", "AUDIO", 7), tokenCount: fc.double() })),
);
const FIELDS = [
  "prompt_tokens",
  "input_tokens",
  "completion_tokens",
  "output_tokens",
  "cached_tokens",
  "audio_tokens",
  "cache_write_tokens",
  "prompt_tokens_details",
  "cache_creation",
  "iterations",
  "seconds",
  "type",
  "promptTokenCount",
  "candidatesTokenCount",
  "promptTokensDetails",
  "total_input_tokens",
  "grounding_tool_count",
];
const wildUsage = fc.letrec((tie) => ({
  object: fc.dictionary(fc.constantFrom(...FIELDS), fc.oneof({ depthSize: "small" }, wild, tie("object"))),
})).object;

describe("whatever a provider writes", () => {
  for (const kind of KINDS) {
    it(`nothing is thrown, and no count is off: ${kind}`, ({ expect }) => {
      const body = fc.record({
        usage: wildUsage,
        usageMetadata: wildUsage,
        model: wild,
        output: wild,
        candidates: wild,
      });
      const property = fc.property(body, fc.boolean(), fc.nat(200), (value, inLines, cut) => {
        const json = JSON.stringify(value);
        const text = inLines ? `data: ${json}\n\n${json.slice(0, cut)}` : json.slice(0, cut === 0 ? undefined : -cut);
        const { main, apart } = usedIn(kind, text, { inLines, size: 33 });
        for (const { usage } of [...(main === null ? [] : [main]), ...apart]) {
          for (const name of COUNT_NAMES) {
            expect(usage.counts[name]).toBeGreaterThanOrEqual(0);
            expect(usage.counts[name]).toBeLessThanOrEqual(1e12);
          }
          const { input, cacheRead, cacheWrite, cacheWriteLong, output, reasoning } = usage.counts;
          expect(cacheRead + cacheWrite + cacheWriteLong).toBeLessThanOrEqual(input);
          expect(reasoning).toBeLessThanOrEqual(output);
          expect(Object.values(usage.raw).every(Number.isFinite)).toBe(true);
          expect(Object.keys(usage.raw).length).toBeLessThanOrEqual(40);
        }
      });
      fc.assert(property, { numRuns: 60 });
    }, 20_000);
  }

  it("bytes that are no text", ({ expect }) => {
    const property = fc.property(
      fc.constantFrom(...KINDS),
      fc.string({ unit: "binary", maxLength: 300 }),
      fc.boolean(),
      (kind, text, inLines) => {
        expect(() => usedIn(kind, text, { inLines, size: 5 })).not.toThrow();
      },
    );
    fc.assert(property, { numRuns: 60 });
  }, 20_000);
});
