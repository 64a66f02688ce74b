import { describe, it } from "vitest";
import { counts, meteredPermit, namedEvents, usedIn } from "../../support/metering.ts";

/** Every field of `Usage` of @anthropic-ai/sdk. */
const USAGE = {
  input_tokens: 50,
  cache_creation: { ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 200 },
  cache_creation_input_tokens: 230,
  cache_read_input_tokens: 1_000,
  output_tokens: 400,
  output_tokens_details: { thinking_tokens: 150 },
  server_tool_use: { web_search_requests: 2, web_fetch_requests: 1 },
  service_tier: "standard",
  speed: "standard",
  inference_geo: null,
};
const COUNTS = counts({
  input: 1_280,
  cacheRead: 1_000,
  cacheWrite: 30,
  cacheWriteLong: 200,
  output: 400,
  reasoning: 150,
  webSearches: 2,
});
const message = (usage: object): object => ({
  id: "msg_1",
  type: "message",
  model: "claude-x",
  content: [{ type: "text", text: "hi" }],
  usage,
});

const START = { type: "message_start", message: message({ ...USAGE, output_tokens: 1, server_tool_use: null }) };
const said = (text: string) => ({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } });
const delta = (usage: object) => ({
  type: "message_delta",
  delta: { stop_reason: "end_turn" },
  usage,
});
/** The sums so far; what is null or not there stays as the first event said it. */
const DELTA = delta({
  input_tokens: null,
  cache_creation_input_tokens: 230,
  output_tokens: 400,
  output_tokens_details: { thinking_tokens: 150 },
  server_tool_use: { web_search_requests: 2, web_fetch_requests: 0 },
});

describe("messages", () => {
  it("in one piece: cache reads and writes are a part of the input here", ({ expect }) => {
    expect(usedIn("messages", JSON.stringify(message(USAGE)))).toMatchObject({
      apart: [],
      main: { once: null, usage: { estimated: false, model: "claude-x", tier: "standard", counts: COUNTS } },
    });
  });

  it("as a stream: sums override each other field by field, and are never added up", ({ expect }) => {
    const text = namedEvents([START, said("hi"), delta({ output_tokens: 7 }), DELTA, { type: "message_stop" }]);
    for (const size of [3, 100_000]) {
      expect(usedIn("messages", text, { inLines: true, size }).main?.usage).toMatchObject({
        estimated: false,
        model: "claude-x",
        tier: "standard",
        counts: COUNTS,
      });
    }
  });

  it("whose model calls a tool with what looks like usage", ({ expect }) => {
    const input = { usage: { input_tokens: 0, output_tokens: 0 } };
    const body = { ...message(USAGE), content: [{ type: "tool_use", input }] };
    expect(usedIn("messages", JSON.stringify(body)).main?.usage.counts).toEqual(COUNTS);
    // Too long to be parsed: the last one counts, which is the message's own.
    const usage = { usage: USAGE };
    const long = JSON.stringify({
      model: "claude-x",
      content: [{ input: { ...input, pad: "x".repeat(400_000) } }],
      ...usage,
    });
    expect(usedIn("messages", long).main?.usage.counts).toEqual(COUNTS);
  });

  it("in fast mode, which has a price of its own", ({ expect }) => {
    expect(usedIn("messages", JSON.stringify(message({ ...USAGE, speed: "fast" }))).main?.usage.tier).toBe("fast");
  });

  it("with compactions, which the sums leave out, and an adviser, which is another model", ({ expect }) => {
    const part = {
      input_tokens: 10,
      output_tokens: 5,
      cache_creation: null,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 90,
    };
    const iterations = [
      { ...part, type: "message", model: null },
      { ...part, type: "compaction" },
      { ...part, type: "compaction" },
      { ...part, type: "advisor_message", model: "claude-adviser" },
    ];
    const last = { ...DELTA, usage: { ...DELTA.usage, iterations } };
    const text = namedEvents([START, last]);
    const { main, apart } = usedIn("messages", text, { inLines: true });
    expect(main?.usage.counts).toEqual({ ...COUNTS, input: 1_480, cacheRead: 1_180, output: 410 });
    expect(apart.map(({ usage }) => [usage.model, usage.counts])).toEqual([
      ["claude-adviser", counts({ input: 100, cacheRead: 90, output: 5 })],
    ]);
  });

  it("that another model than the asked one served", ({ expect }) => {
    const iterations = [{ type: "fallback_message", model: "claude-fallback", input_tokens: 1, output_tokens: 1 }];
    expect(usedIn("messages", JSON.stringify(message({ ...USAGE, iterations }))).main?.usage.model).toBe(
      "claude-fallback",
    );
  });
});

describe("results of batches", () => {
  const permit = meteredPermit("message-batch-results", { endpoint: { body: "none", methods: ["GET"] } });
  const path = "/v1/messages/batches/msgbatch_1/results";
  const text = [
    { custom_id: "a", result: { type: "succeeded", message: message(USAGE) } },
    { custom_id: "b", result: { type: "errored", error: { type: "error" } } },
    { custom_id: "c", result: { type: "succeeded", message: message({ input_tokens: 1, output_tokens: 2 }) } },
  ]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join("");

  it("count line by line, each once, at the price of batches", ({ expect }) => {
    const { main, apart } = usedIn("message-batch-results", text, { inLines: true, size: 50, permit, path });
    expect(main).toBe(null);
    expect(apart).toMatchObject([
      { once: "batch:msgbatch_1:a", usage: { estimated: false, model: "claude-x", tier: "batch", counts: COUNTS } },
      { once: "batch:msgbatch_1:c", usage: { tier: "batch", counts: counts({ input: 1, output: 2 }) } },
    ]);
  });

  it("count as far as they were read", ({ expect }) => {
    const half = text.slice(0, text.indexOf('"c"'));
    const { main, apart } = usedIn("message-batch-results", half, {
      inLines: true,
      permit,
      path,
      ending: { whole: false },
    });
    expect([main, apart.map(({ once }) => once)]).toEqual([null, ["batch:msgbatch_1:a"]]);
  });
});
