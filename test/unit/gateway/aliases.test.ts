import { describe, it } from "vitest";
import { meant } from "../../../gateway/aliases.ts";
import { identify } from "../../../gateway/stages/identify.ts";

describe("aliases of paths", () => {
  for (const [path, target] of [
    ["/v1/v1/messages", "/v1/messages"],
    ["/v1/v1", "/v1"],
    ["/v1/v1beta/models/m:generateContent", "/v1beta/models/m:generateContent"],
    ["/messages", "/v1/messages"],
    ["/messages/count_tokens", "/v1/messages/count_tokens"],
    ["/chat/completions", "/v1/chat/completions"],
    ["/responses", "/v1/responses"],
    ["/models", "/v1/models"],
    ["/models/gpt-5.4-mini", "/v1/models/gpt-5.4-mini"],
    ["/models/gemini-3.8-flash:generateContent", "/v1beta/models/gemini-3.8-flash:generateContent"],
    ["/embeddings", "/v1/embeddings"],
    ["/images/generations", "/v1/images/generations"],
    ["/audio/speech", "/v1/audio/speech"],
    ["/realtime", "/v1/realtime"],
    [
      "//ws/google.ai.generativelanguage.v1.X.BidiGenerateContent",
      "/ws/google.ai.generativelanguage.v1.X.BidiGenerateContent",
    ],
    ["/v1beta/upload/v1beta/files", "/upload/v1beta/files"],
    ["/v1/upload/v1/files", "/upload/v1/files"],
  ] as const) {
    it(`${path} → ${target}`, ({ expect }) => {
      expect(meant({ path, query: "?a=%20" })).toEqual({ provider: null, target: { path: target, query: "?a=%20" } });
    });
  }

  for (const path of [
    "/",
    "/v1/messages",
    "/v1/v10/x",
    "/v1beta/models",
    "//evil.example/x",
    "//v1/models",
    "/modelsque",
    "/message",
    "/upload/v1beta/files",
    "/v1/uploads/u/parts",
    "/openaiish/v1/models",
    "/-/health",
  ]) {
    it(`${path} stays as it is`, ({ expect }) => {
      expect(meant({ path, query: "" })).toEqual({ provider: null, target: { path, query: "" } });
    });
  }
});

describe("prefixes", () => {
  const bearer = new Headers({ authorization: "Bearer a-token-typed-by-hand" });
  for (const [path, route, target] of [
    ["/openai/v1/chat/completions", "openai", "/v1/chat/completions"],
    ["/openai/chat/completions", "openai", "/v1/chat/completions"],
    ["/openai/v1/messages", "openai", "/v1/messages"],
    ["/anthropic/v1/messages", "anthropic", "/v1/messages"],
    ["/anthropic/messages", "anthropic", "/v1/messages"],
    ["/anthropic/v1/models", "anthropic", "/v1/models"],
    ["/anthropic/v1/chat/completions", "anthropic-openai", "/v1/chat/completions"],
    ["/gemini/v1/models", "gemini", "/v1/models"],
    ["/gemini/v1beta/models/m:generateContent", "gemini", "/v1beta/models/m:generateContent"],
    ["/gemini/v1beta/openai/chat/completions", "gemini-openai", "/v1beta/openai/chat/completions"],
    ["/gemini//ws/google.ai.x", "gemini", "/ws/google.ai.x"],
    ["/openai", "openai", "/"],
    ["/openai//evil.example/x", "openai", "//evil.example/x"],
  ] as const) {
    it(`${path} → ${route} ${target}`, ({ expect }) => {
      const found = meant({ path, query: "" });
      expect(found.target.path).toBe(target);
      expect(identify(bearer, found.target, found.provider).route).toBe(route);
    });
  }

  it("win over the slot", ({ expect }) => {
    const headers = new Headers({ "x-goog-api-key": "a-token-typed-by-hand", "anthropic-version": "2023-06-01" });
    const { target, provider } = meant({ path: "/openai/v1/models", query: "" });
    expect(identify(headers, target, provider).route).toBe("openai");
  });
});
