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

  it("counts bytes, never fewer than there are", async ({ expect }) => {
    const body = json({ messages: [{ content: "é😀".repeat(100) }] });
    const { call } = await read(body, { policy: LIMITED });
    expect(call.input.bytes).toBeGreaterThanOrEqual(new TextEncoder().encode(body).length);
  });
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
