import { describe, it } from "vitest";
import type { MeterKind } from "../../../../gateway/endpoints.ts";
import { type SocketMeter, socketMeterOf } from "../../../../gateway/metering/socket-meter.ts";
import type { Settlement } from "../../../../gateway/permits.ts";
import { counts, meteredPermit } from "../../support/metering.ts";

/** A meter, with what it told the guard. */
function meterOf(kind: MeterKind, model: string | null = null): { meter: SocketMeter; told: Settlement[] } {
  const told: Settlement[] = [];
  const tell = (settlement: Settlement): void => void told.push(settlement);
  const meter = socketMeterOf(
    meteredPermit(kind, { id: "p", reserved: { tokens: 0, micros: 0 }, tell, call: { model } }),
    1_000,
  );
  if (meter === null) throw new Error(`No meter for ${kind}.`);
  return { meter, told };
}
const frame = (value: object): string => JSON.stringify(value);
const bytes = (value: object): ArrayBuffer => new TextEncoder().encode(frame(value)).slice().buffer;
const seen = (told: readonly Settlement[]): unknown[] =>
  told.map(({ entry, more, granted, once }) => {
    const { id, model, estimated, status, at, durationMs } = entry;
    return { id, model, estimated, status, at, durationMs, more, granted, once, counts: entry.counts };
  });
const TURN = { estimated: false, status: 101, more: true, granted: true, once: null };

describe("a Realtime session", () => {
  const usage = {
    total_tokens: 253,
    input_tokens: 132,
    output_tokens: 121,
    input_token_details: {
      text_tokens: 19,
      audio_tokens: 113,
      cached_tokens: 64,
      cached_tokens_details: { text_tokens: 0, audio_tokens: 60, image_tokens: 0 },
    },
    output_token_details: { text_tokens: 30, audio_tokens: 91 },
  };
  const done = frame({ type: "response.done", event_id: "e", response: { id: "r", status: "completed", usage } });
  const spoken = counts({
    input: 132,
    cacheRead: 64,
    inputAudio: 113,
    cacheReadAudio: 60,
    output: 121,
    outputAudio: 91,
  });

  it("is settled turn by turn", ({ expect }) => {
    const { meter, told } = meterOf("realtime", "gpt-realtime-x");
    meter.fromProvider(frame({ type: "response.created", response: { usage: null } }), 1_500);
    meter.fromProvider(frame({ type: "response.output_audio.delta", delta: "A".repeat(9_000) }), 1_600);
    meter.fromProvider(done, 2_000);
    meter.fromProvider(done, 2_300);
    expect(seen(told)).toEqual([
      { ...TURN, id: "p.1", model: "gpt-realtime-x", at: 1_000, durationMs: 1_000, counts: spoken },
      { ...TURN, id: "p.2", model: "gpt-realtime-x", at: 2_000, durationMs: 300, counts: spoken },
    ]);
    expect(meter.end(3_000)).toEqual({ main: null, apart: [] });
  });

  it("has transcripts by another model, which the session names", ({ expect }) => {
    const transcript = frame({
      type: "conversation.item.input_audio_transcription.completed",
      transcript: "hi",
      usage: { type: "tokens", input_tokens: 9, output_tokens: 2, input_token_details: { audio_tokens: 9 } },
    });
    const { meter, told } = meterOf("realtime", "gpt-realtime-x");
    meter.fromProvider(transcript, 1_100);
    const session = { model: "gpt-realtime-x", audio: { input: { transcription: { model: "transcriber-x" } } } };
    meter.fromProvider(frame({ type: "session.updated", session }), 1_200);
    meter.fromProvider(transcript, 1_300);
    const heard = counts({ input: 9, inputAudio: 9, output: 2 });
    expect(told.map(({ entry }) => [entry.model, entry.counts])).toEqual([
      // A price of the session's own model would be a wrong one.
      ["input-audio-transcription", heard],
      ["transcriber-x", heard],
    ]);
  });

  it("that the client leaves in the middle of a turn is charged what was seen of it, as an estimate", ({ expect }) => {
    const { meter, told } = meterOf("realtime", "gpt-realtime-x");
    meter.fromProvider(done, 2_000);
    meter.fromHolder(frame({ type: "input_audio_buffer.append", audio: "A".repeat(50_000) }));
    meter.fromHolder(frame({ type: "response.create", pad: "x".repeat(363) }));
    meter.fromProvider(frame({ type: "response.created", response: { usage: null } }), 2_100);
    meter.fromProvider(frame({ type: "response.output_audio.delta", delta: "A".repeat(32_000) }), 2_200);
    expect(told).toHaveLength(1);
    const { main } = meter.end(3_000);
    // The turn before comes again as its context.
    expect(main?.usage).toMatchObject({ estimated: true, model: "gpt-realtime-x" });
    expect(main?.usage.counts).toEqual(counts({ input: 132 + 121 + 100, output: 11, outputAudio: 11 }));
  });

  it("without a turn is charged nothing", ({ expect }) => {
    const { meter, told } = meterOf("realtime");
    meter.fromProvider(frame({ type: "session.created", session: { model: "m" } }), 1_100);
    meter.fromProvider('no JSON, with "usage":{', 1_200);
    expect([told, meter.end(2_000).main]).toEqual([[], null]);
  });
});

const response = (change: object): object => ({
  id: "resp_1",
  object: "response",
  status: "completed",
  store: false,
  model: "gpt-x",
  service_tier: "priority",
  output: [],
  usage: { input_tokens: 100, input_tokens_details: { cached_tokens: 80 }, output_tokens: 10, total_tokens: 110 },
  ...change,
});

describe("a socket of the Responses API", () => {
  for (const type of ["response.completed", "response.incomplete", "response.failed"]) {
    it(`is settled at each ${type}`, ({ expect }) => {
      const { meter, told } = meterOf("responses-socket");
      meter.fromHolder(frame({ type: "response.create", model: "asked", input: [] }));
      meter.fromProvider(
        frame({ type: "response.created", response: response({ usage: null, status: "in_progress" }) }),
        1_100,
      );
      meter.fromProvider(frame({ type, response: response({}) }), 1_400);
      expect(seen(told)).toEqual([
        {
          ...TURN,
          id: "p.1",
          model: "gpt-x",
          at: 1_000,
          durationMs: 400,
          counts: counts({ input: 100, cacheRead: 80, output: 10 }),
        },
      ]);
      expect([told[0]?.entry.raw, meter.end(2_000).main]).toMatchObject([{ total_tokens: 110 }, null]);
    });
  }

  it("names what is stored, which is billed once", ({ expect }) => {
    const { meter, told } = meterOf("responses-socket");
    meter.fromProvider(frame({ type: "response.completed", response: response({ store: true }) }), 1_100);
    expect(told.map(({ once }) => once)).toEqual(["response:resp_1"]);
  });

  it("whose first turn is given up is charged by the frames", ({ expect }) => {
    const { meter } = meterOf("responses-socket");
    meter.fromHolder(`{"type":"response.create","model":"asked","input":"${"x".repeat(3_945)}"}`);
    meter.fromProvider(frame({ type: "response.output_text.delta", delta: "y".repeat(400) }), 1_100);
    const { main } = meter.end(1_200);
    expect(main?.usage).toMatchObject({ estimated: true, model: "asked" });
    expect(main?.usage.counts.input).toBe(1_000);
    expect(main?.usage.counts.output).toBeGreaterThan(50);
    expect(main?.usage.counts.output).toBeLessThan(150);
  });
});

const sum = (type: string, seconds: number): string => frame({ type, event_id: "e", usage: { seconds } });

describe("a Live session of OpenAI's", () => {
  it("is settled by what its sums of seconds grew", ({ expect }) => {
    const { meter, told } = meterOf("live-sessions", "gpt-live-x");
    meter.fromProvider(frame({ type: "session.started", session: { model: "gpt-live-x" } }), 1_100);
    meter.fromProvider(sum("session.usage.updated", 10), 2_000);
    meter.fromProvider(sum("session.usage.updated", 10), 3_000);
    meter.fromProvider(sum("session.usage.updated", 25.5), 4_000);
    meter.fromProvider(sum("session.closed", 30), 5_000);
    expect(told.map(({ entry }) => entry.counts?.audioSeconds)).toEqual([10, 15.5, 4.5]);
    expect(told.every(({ more }) => more)).toBe(true);
  });

  it("has the tokens of models that it asked beside it", ({ expect }) => {
    const { meter, told } = meterOf("live-sessions", "gpt-live-x");
    const usage = { input_tokens: 5, output_tokens: 6, total_tokens: 11 };
    const event = {
      type: "response.completed",
      response: { model: "gpt-x", status: "completed", store: false, usage },
    };
    meter.fromProvider(frame({ type: "response.event", event }), 1_100);
    meter.fromProvider(frame({ type: "decision.event", event: { decision: { model: "gpt-y", usage } } }), 1_200);
    const both = counts({ input: 5, output: 6 });
    expect(told.map(({ entry }) => [entry.model, entry.counts])).toEqual([
      ["gpt-x", both],
      ["gpt-y", both],
    ]);
  });

  it("that nobody closed is charged for the time since the last sum, as an estimate", ({ expect }) => {
    const { meter } = meterOf("live-sessions", "gpt-live-x");
    meter.fromProvider(frame({ type: "session.started", session: {} }), 1_100);
    meter.fromProvider(sum("session.usage.updated", 3), 4_000);
    expect(meter.end(6_500).main?.usage).toMatchObject({ estimated: true, counts: counts({ audioSeconds: 3 }) });
  });
});

describe("a Live session of Gemini's", () => {
  it("is settled by each message with usage, in text and in bytes", ({ expect }) => {
    const { meter, told } = meterOf("gemini-live");
    meter.fromHolder(frame({ setup: { model: "models/gemini-live-x" } }));
    const usageMetadata = {
      promptTokenCount: 40,
      responseTokenCount: 12,
      thoughtsTokenCount: 3,
      promptTokensDetails: [{ modality: "AUDIO", tokenCount: 30 }],
      responseTokensDetails: [{ modality: "AUDIO", tokenCount: 12 }],
    };
    meter.fromProvider(bytes({ serverContent: { modelTurn: { parts: [{ inlineData: { data: "AAAA" } }] } } }), 1_100);
    meter.fromProvider(bytes({ usageMetadata, serverContent: { turnComplete: true } }), 1_500);
    meter.fromProvider(frame({ usageMetadata }), 1_600);
    const expected = counts({ input: 40, inputAudio: 30, output: 15, reasoning: 3, outputAudio: 12 });
    expect(told.map(({ entry }) => [entry.id, entry.model, entry.counts])).toEqual([
      ["p.1", "gemini-live-x", expected],
      ["p.2", "gemini-live-x", expected],
    ]);
    expect(meter.end(2_000).main).toBe(null);
  });
});

it("an answer by HTTP has no such meter", ({ expect }) => {
  expect(socketMeterOf(meteredPermit("chat"), 0)).toBe(null);
});
