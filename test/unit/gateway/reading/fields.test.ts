import { describe, it } from "vitest";
import type { Route } from "../../../../gateway/providers.ts";
import { CHAT, LIMITED, json, read, refusalOf } from "../../support/reading.ts";

describe("fields that reach what is shared", () => {
  const GENERATE = "/v1beta/models/g:generateContent";
  const REFUSED: readonly (readonly [Route, string, object, string])[] = [
    [
      "openai",
      CHAT,
      { messages: [{ content: [{ type: "file", file: { file_id: "file-1" } }] }] },
      "messages.0.content.0.file.file_id",
    ],
    ["openai", "/v1/responses", { previous_response_id: "resp_1" }, "previous_response_id"],
    ["openai", "/v1/responses", { conversation: { id: "conv_1" } }, "conversation"],
    ["openai", "/v1/responses", { background: true }, "background"],
    ["openai", "/v1/responses", { prompt: { id: "pmpt_1" } }, "prompt"],
    [
      "openai",
      "/v1/responses",
      { tools: [{ type: "file_search", vector_store_ids: ["vs_1"] }] },
      "tools.0.vector_store_ids",
    ],
    ["openai", "/v1/responses", { tools: [{ type: "code_interpreter", container: "cntr_1" }] }, "tools.0.container"],
    [
      "openai",
      "/v1/responses",
      { tools: [{ type: "code_interpreter", container: { type: "auto", file_ids: ["file-1"] } }] },
      "tools.0.container.file_ids",
    ],
    ["openai", "/v1/responses", { tools: [{ type: "mcp", connector_id: "connector_gmail" }] }, "tools.0.connector_id"],
    ["openai", "/v1/responses", { input: [{ type: "item_reference", id: "rs_1" }] }, "input.0.type"],
    ["openai", "/v1/responses", { input: [{ id: "rs_1" }] }, "input.0.id"],
    [
      "openai",
      "/v1/responses",
      { input: [{ role: "user", content: [{ type: "input_image", file_id: "file-1" }] }] },
      "input.0.content.0.file_id",
    ],
    ["anthropic", "/v1/messages", { container: "container_1" }, "container"],
    ["anthropic", "/v1/messages", { container: { id: "container_1" } }, "container.id"],
    [
      "anthropic",
      "/v1/messages",
      { container: { skills: [{ type: "custom", skill_id: "skill_1" }] } },
      "container.skills.0.skill_id",
    ],
    [
      "anthropic",
      "/v1/messages",
      { messages: [{ content: [{ source: { type: "file", file_id: "file_1" } }] }] },
      "messages.0.content.0.source.file_id",
    ],
    ["gemini", GENERATE, { cachedContent: "cachedContents/1" }, "cachedContent"],
    ["gemini", GENERATE, { cached_content: "cachedContents/1" }, "cached_content"],
    [
      "gemini",
      GENERATE,
      {
        contents: [{ parts: [{ fileData: { fileUri: "https://generativelanguage.googleapis.com/v1beta/files/f" } }] }],
      },
      "contents.0.parts.0.fileData.fileUri",
    ],
    [
      "gemini",
      GENERATE,
      { contents: [{ parts: [{ file_data: { file_uri: "files/f" } }] }] },
      "contents.0.parts.0.file_data.file_uri",
    ],
    [
      "gemini",
      GENERATE,
      { tools: [{ fileSearch: { fileSearchStoreNames: ["fileSearchStores/s"] } }] },
      "tools.0.fileSearch.fileSearchStoreNames",
    ],
    ["gemini", "/v1/interactions", { previous_interaction_id: "i" }, "previous_interaction_id"],
  ];
  for (const [route, path, body, field] of REFUSED) {
    it(`${route}: ${field} is refused to a token for inference, and open to one for all`, async ({ expect }) => {
      expect(await refusalOf(read(json(body), { route, path }))).toEqual({ code: "field_not_allowed", field });
      const open = { ...LIMITED, endpoints: "all" } as const;
      const { call, text } = await read(json(body), { route, path, policy: open });
      expect(text).toBe(json(body));
      // It stays with the provider key under which the thing lies.
      expect(call.namesStored).toBe(true);
    });
  }

  for (const [route, path, body] of [
    ["openai", "/v1/responses", { store: true, background: false, previous_response_id: null, conversation: null }],
    ["openai", "/v1/responses", { tools: [{ type: "code_interpreter", container: { type: "auto" } }] }],
    [
      "openai",
      "/v1/responses",
      { tools: [{ type: "function", parameters: { properties: { x: { default: { file_id: "f" } } } } }] },
    ],
    ["openai", "/v1/responses", { input: [{ type: "reasoning", id: "rs_1", encrypted_content: "x", summary: [] }] }],
    [
      "anthropic",
      "/v1/messages",
      { messages: [{ content: [{ type: "tool_use", id: "t", name: "n", input: { file_id: "mine" } }] }] },
    ],
    ["anthropic", "/v1/messages", { container: { skills: [{ type: "anthropic", skill_id: "pptx" }] } }],
    ["gemini", GENERATE, { contents: [{ parts: [{ functionCall: { name: "f", args: { fileUri: "files/mine" } } }] }] }],
    ["gemini", GENERATE, { contents: [{ parts: [{ fileData: { fileUri: "https://www.youtube.com/watch?v=1" } }] }] }],
  ] as [Route, string, object][]) {
    it(`${route}: ${json(body)} reaches nothing`, async ({ expect }) => {
      const { call, text } = await read(json(body), { route, path });
      expect([text, call.namesStored]).toEqual([json(body), undefined]);
    });
  }
});
