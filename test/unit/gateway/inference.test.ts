import { reset } from "cloudflare:test";
import { afterEach, describe, it, vi } from "vitest";
import { forgetAll } from "../../../gateway/lookup.ts";
import { forgetTelling } from "../../../gateway/telling.ts";
import { ask, askAs, fakeUpstream, issue } from "../support/gateway.ts";
import { limitsOf, tokens } from "../support/guards.ts";
import { acceptedBy, clientOf, type ProviderSocket } from "../support/sockets.ts";

// Whole requests of tokens as they are made by default.

afterEach(async () => {
  vi.restoreAllMocks();
  forgetAll();
  forgetTelling();
  await reset();
});

const anthropic = { "anthropic-version": "2023-06-01" };
const google = (secret: string) => ({ "x-goog-api-key": secret });

describe("what clients ask models for is open to a token for inference", () => {
  const said = [{ role: "user", content: "hi" }];
  const contents = [{ role: "user", parts: [{ text: "hi" }] }];
  for (const [path, body, headers] of [
    ["/v1/chat/completions", { model: "gpt-5.5", messages: said, stream: true }, {}],
    // As Codex asks, and as every SDK goes on with what it was answered.
    ["/v1/responses", { model: "gpt-5.5", input: said, store: false, include: ["reasoning.encrypted_content"] }, {}],
    ["/v1/responses", { model: "gpt-5.5", input: [...said, { type: "reasoning", id: "rs_1", summary: [] }] }, {}],
    ["/v1/embeddings", { model: "text-embedding-3-small", input: "hi", encoding_format: "base64" }, {}],
    ["/v1/messages?beta=true", { model: "claude-opus-5", max_tokens: 9, messages: said }, anthropic],
    ["/v1/messages/count_tokens?beta=true", { model: "claude-opus-5", messages: said }, anthropic],
    ["/v1beta/models/gemini-3.8-flash:generateContent", { contents }, google],
    ["/v1/models/gemini-3.8-flash:streamGenerateContent?alt=sse", { contents }, google],
    ["/v1beta/models/gemini-3.8-flash:countTokens", { contents }, google],
    ["/v1beta/openai/chat/completions", { model: "gemini-3.8-flash", messages: said }, {}],
  ] as [string, object, Record<string, string> | typeof google][]) {
    it(`${path} ${JSON.stringify(body).slice(0, 60)}`, async ({ expect }) => {
      const { sent } = fakeUpstream();
      const { secret } = await issue({ endpoints: "inference" });
      const init = { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } };
      const more = typeof headers === "function" ? headers(secret) : headers;
      const response = await askAs(secret, path, { ...init, headers: { ...init.headers, ...more } });
      expect(await response.text()).toBe('{"ok":true}');
      expect(sent[0]?.body).toBe(JSON.stringify(body));
      expect(sent[0]?.url).toContain(path);
    });
  }

  it("/v1/models", async ({ expect }) => {
    fakeUpstream();
    const { secret } = await issue({ endpoints: "inference", models: { openai: ["gpt-5*"] } });
    expect((await askAs(secret, "/v1/models")).status).toBe(200);
  });
});

describe("what is not open is refused before anything goes upstream", () => {
  for (const [name, path, body, code, message] of [
    ["files", "/v1/files", {}, "endpoint_not_allowed", "this address is not open to it"],
    ["uploads", "/upload/v1beta/files", {}, "endpoint_not_allowed", "this address is not open to it"],
    [
      "another's answer",
      "/v1/responses",
      { model: "gpt-5.5", previous_response_id: "resp_1" },
      "field_not_allowed",
      '"previous_response_id": it reaches what all users of this gateway share',
    ],
    ["another model", "/v1/responses", { model: "o3" }, "model_not_allowed", 'does not allow the model "o3"'],
    [
      "another model, of a tool",
      "/v1/responses",
      { model: "gpt-5.5", tools: [{ type: "image_generation", model: "gpt-image-2" }] },
      "model_not_allowed",
      'does not allow the model "gpt-image-2"',
    ],
    ["no model", "/v1/responses", {}, "model_not_allowed", "a request that names no model"],
  ] as [string, string, object, string, string][]) {
    it(`${name}: ${path}`, async ({ expect }) => {
      const { sent } = fakeUpstream();
      const models = { openai: ["gpt-5*"] };
      const { secret } = await issue({ endpoints: "inference", models });
      const response = await askAs(secret, path, { method: "POST", body: JSON.stringify(body) });
      expect(response.status).toBe(403);
      expect(response.headers.get("x-doppelgate-error")).toBe(code);
      expect(response.headers.get("x-should-retry")).toBe("false");
      expect(await response.text()).toContain(JSON.stringify(message).slice(1, -1));
      expect(sent).toEqual([]);
    });
  }
});

describe("a chat's stream whose body came compressed", () => {
  it("goes on plain where the gateway adds to it", async ({ expect }) => {
    const { sent } = fakeUpstream(
      () => new Response("data: [DONE]\n\n", { headers: { "content-type": "text/event-stream" } }),
    );
    const { secret } = await issue({ endpoints: "inference", limits: limitsOf({ budgets: [tokens(1_000_000)] }) });
    const plain = new Response('{"model":"gpt-5.5","max_tokens":9,"stream":true}').body;
    const body = await new Response(plain?.pipeThrough(new CompressionStream("gzip"))).bytes();
    const headers = { "content-encoding": "gzip", "content-type": "application/json" };
    const response = await askAs(secret, "/v1/chat/completions", { method: "POST", body, headers });
    expect(await response.text()).toBe("data: [DONE]\n\n");
    expect(sent[0]?.headers.get("content-encoding")).toBeNull();
    expect(sent[0]?.body).toBe(
      '{"stream_options":{"include_usage":true},"model":"gpt-5.5","max_tokens":9,"stream":true}',
    );
  });
});

/** Opens a socket of a token for inference. */
const dial = async (path: string) => {
  const provider: ProviderSocket = {};
  fakeUpstream(acceptedBy(provider));
  const { secret } = await issue({ endpoints: "inference" });
  const headers = { upgrade: "websocket", authorization: `Bearer ${secret}` };
  return { client: clientOf(await ask(path, { headers })), provider };
};

describe("a socket of a token for inference", () => {
  it("passes what reaches nothing, as it came", async ({ expect }) => {
    const { client, provider } = await dial("/v1/responses");
    const frame = '{ "type":"response.create","model":"gpt-5.5","input":[] }';
    client.socket.send(frame);
    client.socket.close(1000);
    await provider.end?.closed;
    expect(provider.end?.messages).toEqual([frame]);
  });

  it("ends with a frame that reaches what is shared, which the provider never sees", async ({ expect }) => {
    const { client, provider } = await dial("/v1/responses");
    client.socket.send('{"type":"response.create","previous_response_id":"resp_1"}');
    client.socket.send('{"type":"response.create","model":"gpt-5.5"}');
    const { code, reason } = await client.closed;
    expect(code).toBe(1008);
    expect(reason).toContain('This token may not use "previous_response_id"');
    expect(client.messages.map((message) => JSON.parse(String(message))).at(-1)).toMatchObject({
      type: "error",
      error: { code: expect.any(String), message: expect.stringContaining("previous_response_id") },
    });
    await provider.end?.closed;
    expect(provider.end?.messages).toEqual([]);
  });
});
