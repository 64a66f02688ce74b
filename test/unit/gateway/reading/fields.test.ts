import { describe, it } from "vitest";
import type { Route } from "../../../../gateway/providers.ts";
import { OPEN_POLICY } from "../../../../shared/policy.ts";
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
    ["gemini", "/v1/interactions", { agent: "mine" }, "agent"],
    ["gemini", "/v1/interactions", { environment: { type: "remote", environment_id: "e" } }, "environment"],
    ["gemini", "/v1/interactions", { input: [{ type: "document", uri: "files/f" }] }, "input.0.uri"],
    [
      "gemini",
      GENERATE,
      { contents: [{ parts: [{ fileData: { fileUri: "f" } }] }] },
      "contents.0.parts.0.fileData.fileUri",
    ],
    [
      "gemini",
      GENERATE,
      { generationConfig: { speechConfig: { voiceName: "voices/v" } } },
      "generationConfig.speechConfig.voiceName",
    ],
    [
      "gemini-openai",
      "/v1beta/openai/chat/completions",
      { extra_body: { google: { cached_content: "cachedContents/1" } } },
      "extra_body.google.cached_content",
    ],
    ["openai", CHAT, { audio: { voice: { id: "voice_1" } } }, "audio.voice"],
    ["openai", "/v1/audio/speech", { voice: { id: "voice_1" } }, "voice"],
    ["openai", "/v1/images/edits", { images: [{ file_id: "file-1" }] }, "images.0.file_id"],
    ["openai", "/v1/responses", { input: [{ id: "rs_1", type: null }] }, "input.0.id"],
    ["openai", "/v1/responses", { input: [{ id: "ig_1", type: "image_generation_call" }] }, "input.0.id"],
    ["openai", "/v1/responses", { background: "true" }, "background"],
    ["openai", "/v1/responses", { tools: [{ type: "mcp", tunnel_id: "tunnel_1" }] }, "tools.0.tunnel_id"],
    [
      "openai",
      "/v1/responses",
      { tools: [{ type: "shell", environment: { type: "container_reference", container_id: "cntr_1" } }] },
      "tools.0.environment.container_id",
    ],
    ["anthropic", "/v1/messages", { thread: { type: "continue", previous_message_id: "msg_1" } }, "thread"],
    ["anthropic", "/v1/messages", { billing_policy: { bill_to: "user_profile" } }, "billing_policy"],
  ];
  for (const [route, path, body, field] of REFUSED) {
    it(`${route}: ${field} is refused to a token for inference, and open to one for all`, async ({ expect }) => {
      const refused = { code: "field_not_allowed", field };
      expect(await refusalOf(read(json(body), { route, path }))).toEqual(refused);
      // A long body is only searched where nothing else in it matters.
      const long = { filling: "x".repeat(20_000), ...body };
      expect(await refusalOf(read(json(long), { route, path }))).toEqual(refused);
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
    ["gemini", GENERATE, { generationConfig: { speechConfig: { voiceName: "Kore" } } }],
    ["gemini", "/v1/interactions", { agent: null, environment: null, input: [{ type: "image", uri: "gs://a/b.png" }] }],
    ["openai", "/v1/audio/speech", { voice: "alloy" }],
    ["openai", "/v1/responses", { input: [{ role: "user", content: "item_reference" }] }],
    ["openai", "/v1/responses", { input: [{ type: "image_generation_call", id: "ig_1", result: "iVBOR" }] }],
    ["anthropic", "/v1/messages", { thread: { type: "create" }, billing_policy: { bill_to: "self" } }],
  ] as [Route, string, object][]) {
    it(`${route}: ${json(body)} reaches nothing`, async ({ expect }) => {
      const { call, text } = await read(json(body), { route, path });
      expect([text, call.namesStored]).toEqual([json(body), undefined]);
    });
  }
});

describe("a body that is only searched", () => {
  const filling = "x".repeat(20_000);

  it("goes on unparsed where no word of a shared field stands in it, and tells its model", async ({ expect }) => {
    // No JSON: the provider says so itself.
    const body = `{"model":"gpt-4o","messages":[{"content":"${filling}"}`;
    const { call, text } = await read(body);
    expect(text).toBe(body);
    expect(call).toMatchObject({ model: "gpt-4o", outputBound: null });
    expect((await read(`{"messages":"${filling}","model":"gpt-4o"}`)).call.model).toBeNull();
  });

  it("may be short, where its model stands first", async ({ expect }) => {
    const body = `{"model":"gpt-4o","messages":[{"content":"no end"}`;
    const { call, text } = await read(body);
    expect([text, call.model]).toEqual([body, "gpt-4o"]);
    expect(await refusalOf(read(body.replace(`"content"`, `"file_id":"file-1"}],"a":[{"content"`)))).toMatchObject({
      code: "unreadable_request",
    });
    expect((await read(`{"messages":[],"model":"gpt-4o"}`)).call.model).toBe("gpt-4o");
  });

  for (const [name, body] of [
    ["escaped", `"\\u0066ile_id":"file-1"`],
    ["in part escaped", `"file\\u005fid":"file-1"`],
    ["with space", `"file_id" \n : "file-1"`],
  ] as const) {
    it(`is parsed where a field may stand in it, ${name}`, async ({ expect }) => {
      const sent = `{"filling":"${filling}",${body}}`;
      expect(await refusalOf(read(sent))).toEqual({ code: "field_not_allowed", field: "file_id" });
    });
  }

  for (const body of [`{filling:"${filling}",cachedContent:"c"}`, `{'filling':"${filling}",'cachedContent':'c'}`]) {
    it(`is refused in a writing that only lenient readers know: ${body.slice(0, 10)}`, async ({ expect }) => {
      const asked = { route: "gemini", path: "/v1beta/models/g:generateContent" } as const;
      expect(await refusalOf(read(body, asked))).toMatchObject({ code: "unreadable_request" });
    });
  }

  it("is parsed where a rule about models goes by it", async ({ expect }) => {
    const policy = { ...OPEN_POLICY, models: { openai: ["gpt-4o"] } };
    const { call } = await read(`{"filling":"${filling}","model":"gpt-5"}`, { policy });
    expect(call.model).toBe("gpt-5");
  });
});

it("a body that is nested too deeply to be judged is refused", async ({ expect }) => {
  let deep: object = { file_id: "file-1" };
  for (let level = 0; level < 80; level++) deep = { a: deep };
  expect(await refusalOf(read(json({ messages: [deep] })))).toEqual({
    code: "unreadable_request",
    problem: "The body is nested more than 64 levels deep. Send it flatter.",
  });
  // A tool's own data may be as deep as it likes.
  const tools = [{ type: "function", function: { parameters: deep } }];
  expect((await read(json({ tools }))).text).toBe(json({ tools }));
});
