import { describe, it } from "vitest";
import type { Route } from "../../../../gateway/providers.ts";
import { CHAT, LIMITED, json, read } from "../../support/reading.ts";

describe("the bound on a call's output", () => {
  for (const [route, path, body, bound] of [
    ["openai", CHAT, { max_tokens: 10 }, 10],
    ["openai", CHAT, { max_completion_tokens: 10, max_tokens: 20 }, 20],
    ["openai", CHAT, { max_completion_tokens: 10, n: 3 }, 30],
    ["openai", CHAT, { max_tokens: "10", n: "2" }, 20],
    ["openai", CHAT, {}, null],
    ["openai", "/v1/completions", {}, 16],
    ["openai", "/v1/completions", { max_tokens: 5, n: 2, best_of: 4, prompt: ["a", "b"] }, 40],
    ["openai", "/v1/responses", { max_output_tokens: 100 }, 100],
    ["openai", "/v1/embeddings", { input: "a" }, 0],
    ["anthropic", "/v1/messages", { max_tokens: 64, thinking: { type: "enabled", budget_tokens: 32 } }, 64],
    ["anthropic", "/v1/complete", { max_tokens_to_sample: 7 }, 7],
    ["gemini", "/v1beta/models/g:generateContent", { generationConfig: { maxOutputTokens: 9, candidateCount: 2 } }, 18],
    ["gemini", "/v1beta/models/g:generateContent", { generation_config: { max_output_tokens: 9 } }, 9],
    [
      "gemini",
      "/v1beta/models/g:generateContent",
      { generationConfig: { maxOutputTokens: 1 }, generation_config: { max_output_tokens: 900 } },
      900,
    ],
    ["openai", CHAT, { max_tokens: -1 }, null],
    ["gemini", "/v1/interactions", { generation_config: { max_output_tokens: 5 } }, 5],
  ] as [Route, string, object, number | null][]) {
    it(`${path} ${json(body)}: ${bound}`, async ({ expect }) => {
      const { call } = await read(json(body), { route, path, policy: LIMITED });
      expect(call.outputBound).toBe(bound);
    });
  }
});

describe("the input of a call", () => {
  const data = "A".repeat(10_000);
  for (const [name, route, path, body, images, unseen] of [
    ["an image as a data URL", "openai", CHAT, { image_url: { url: `data:image/png;base64,${data}` } }, 1, false],
    ["an image elsewhere", "openai", CHAT, { image_url: { url: "https://a.example/b.png" } }, 1, false],
    ["audio", "openai", CHAT, { input_audio: { data, format: "wav" } }, 0, true],
    ["an image", "anthropic", "/v1/messages", { source: { type: "base64", media_type: "image/png", data } }, 1, false],
    [
      "a PDF",
      "anthropic",
      "/v1/messages",
      { source: { type: "base64", media_type: "application/pdf", data } },
      0,
      true,
    ],
    ["a page elsewhere", "anthropic", "/v1/messages", { source: { type: "url", url: "https://a.example/b" } }, 0, true],
    [
      "an image",
      "gemini",
      "/v1beta/models/g:generateContent",
      { inlineData: { mimeType: "image/png", data } },
      1,
      false,
    ],
    ["a file elsewhere", "gemini", "/v1beta/models/g:generateContent", { fileData: { fileUri: "gs://a/b" } }, 0, true],
  ] as [string, Route, string, object, number, boolean][]) {
    it(`${route}: ${name}`, async ({ expect }) => {
      const { call } = await read(json({ content: [body] }), { route, path, policy: LIMITED });
      expect(call.input).toMatchObject({ images, unseen });
      expect(call.input.bytes).toBeLessThan(200);
    });
  }

  it("is all bytes of the body, whatever letters they are", async ({ expect }) => {
    const body = json({ messages: [{ content: "é😀".repeat(100) }] });
    const { call } = await read(body, { policy: LIMITED });
    expect(call.input.bytes).toBe(new TextEncoder().encode(body).length);
  });

  // Else a budget could be had for nothing: 100,000 words would count as one image.
  const words = "data:image/png;base64,".concat("word ".repeat(10_000));
  for (const [route, path, body] of [
    ["openai", CHAT, { messages: [{ role: "user", content: words }] }],
    [
      "openai",
      CHAT,
      { messages: [{ role: "user", content: [{ type: "text", text: words, mime_type: "image/png" }] }] },
    ],
    ["openai", "/v1/responses", { input: words }],
    ["openai", "/v1/embeddings", { input: [words] }],
    ["anthropic", "/v1/messages", { system: words }],
    ["anthropic", "/v1/messages", { source: { type: "text", media_type: "image/png", data: words } }],
    ["gemini", "/v1beta/models/g:generateContent", { contents: [{ parts: [{ text: words }] }] }],
  ] as [Route, string, object][]) {
    it(`counts text that looks like an image as text: ${route} ${json(body).slice(0, 60)}`, async ({ expect }) => {
      const { call } = await read(json(body), { route, path, policy: LIMITED });
      expect(call.input).toEqual({ bytes: json(body).length, images: 0, unseen: false });
    });
  }

  for (const [name, route, path, body] of [
    ["a stored item", "openai", "/v1/responses", { input: [{ type: "item_reference", id: "msg_1" }] }],
    ["thoughts that are kept", "openai", "/v1/responses", { input: [{ type: "reasoning", id: "rs_1", summary: [] }] }],
    ["a stored prompt", "openai", "/v1/responses", { prompt: { id: "pmpt_1" } }],
    ["what was said before", "openai", CHAT, { messages: [{ role: "assistant", audio: { id: "audio_1" } }] }],
    ["what a tool will find", "openai", "/v1/responses", { tools: [{ type: "web_search" }] }],
    [
      "a kept conversation",
      "anthropic",
      "/v1/messages",
      { thread: { type: "continue", previous_message_id: "msg_1" } },
    ],
  ] as [string, Route, string, object][]) {
    it(`can't be measured with ${name} in it`, async ({ expect }) => {
      const policy = { ...LIMITED, endpoints: "all" } as const;
      expect((await read(json(body), { route, path, policy })).call.input.unseen).toBe(true);
    });
  }
});

describe("models beside the one that is asked", () => {
  for (const [route, path, body, models] of [
    ["openai", "/v1/responses", { tools: [{ type: "image_generation", model: "gpt-image-2" }] }, ["gpt-image-2"]],
    // It has a model of its own, which nobody named.
    ["openai", "/v1/responses", { tools: [{ type: "image_generation" }] }, ["image_generation"]],
    ["openai", "/v1/images/generations", { model: "gpt-image-2", svg: { model: "gpt-6-sol" } }, ["gpt-6-sol"]],
    ["openai", "/v1/responses", { tools: [{ type: "web_search" }, { type: "function" }] }, []],
    ["anthropic", "/v1/messages", { tools: [{ type: "advisor_20260301", model: "claude-opus-5" }] }, ["claude-opus-5"]],
    ["anthropic", "/v1/messages", { fallbacks: [{ model: "a" }, { model: "b" }] }, ["a", "b"]],
    ["anthropic", "/v1/messages", { fallbacks: "default" }, ["default"]],
    ["anthropic", "/v1/messages", { fallbacks: null }, []],
  ] as [Route, string, object, string[]][]) {
    it(`${route}: ${json(body)}`, async ({ expect }) => {
      expect((await read(json(body), { route, path, policy: LIMITED })).call.moreModels).toEqual(models);
    });
  }
});

describe("the price class of a call", () => {
  const GENERATE = "/v1beta/models/g:generateContent";
  for (const [route, path, body, tier] of [
    ["openai", CHAT, { service_tier: "flex" }, "flex"],
    ["openai", CHAT, { service_tier: "auto" }, undefined],
    ["openai", CHAT, {}, undefined],
    ["gemini", GENERATE, {}, null],
    ["gemini", GENERATE, { service_tier: "priority" }, "priority"],
    // Which of the two counts there isn't known here, so the dearest has to be reserved.
    ["gemini", GENERATE, { serviceTier: "flex", service_tier: "priority" }, undefined],
  ] as [Route, string, object, string | null | undefined][]) {
    it(`${route} ${json(body)}: ${tier}`, async ({ expect }) => {
      expect((await read(json(body), { route, path, policy: LIMITED })).call.tier).toBe(tier);
    });
  }
});

describe("a call that is asked for as a stream", () => {
  for (const [stream, is] of [
    [true, true],
    ["true", true],
    [1, true],
    [false, false],
    [null, false],
    [0, false],
  ] as const) {
    it(`stream: ${json(stream)}: ${is}`, async ({ expect }) => {
      expect((await read(json({ stream }), { policy: LIMITED })).call.stream).toBe(is);
    });
  }
});

describe("tools that the provider runs", () => {
  for (const [route, path, body, tools] of [
    [
      "openai",
      "/v1/responses",
      { tools: [{ type: "function" }, { type: "web_search" }, { type: "custom" }] },
      ["web_search"],
    ],
    ["openai", CHAT, { web_search_options: {} }, ["web_search"]],
    // By turns of the model of which nobody knows how many there will be.
    ["openai", "/v1/responses", { tools: [{ type: "mcp", server_url: "https://mcp.example" }] }, ["mcp"]],
    ["anthropic", "/v1/messages", { mcp_servers: [{ type: "url", url: "https://mcp.example" }] }, ["mcp"]],
    ["anthropic", "/v1/messages", { fallbacks: [{ model: "a" }] }, ["fallbacks"]],
    ["gemini", "/v1beta/models/g:generateContent", { tools: [{ computerUse: {} }] }, []],
    [
      "anthropic",
      "/v1/messages",
      { tools: [{ name: "mine", input_schema: {} }, { type: "web_search_20250305" }] },
      ["web_search_20250305"],
    ],
    [
      "gemini",
      "/v1beta/models/g:generateContent",
      { tools: [{ functionDeclarations: [] }, { googleSearch: {} }] },
      ["googleSearch"],
    ],
  ] as [Route, string, object, string[]][]) {
    it(`${route}: ${json(body)}`, async ({ expect }) => {
      expect((await read(json(body), { route, path, policy: LIMITED })).call.hostedTools).toEqual(tools);
    });
  }
});
