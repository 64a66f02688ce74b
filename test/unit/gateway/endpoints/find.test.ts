import { describe, it } from "vitest";
import { addressedModel, endpointOf } from "../../../../gateway/endpoints/find.ts";
import type { Route } from "../../../../gateway/providers.ts";

/** Places that make a model answer, or say which models there are (allow lists of what an `inference` token may do). */
const INFERENCE: readonly (readonly [route: Route, request: string, name: string])[] = [
  ["openai", "POST /v1/chat/completions", "chat"],
  ["openai", "POST /v1/completions", "completions"],
  ["openai", "POST /v1/responses", "responses"],
  ["openai", "POST /v1/responses/compact", "responses"],
  ["openai", "POST /v1/responses/input_tokens", "responses.count"],
  ["openai", "POST /v1/embeddings", "embeddings"],
  ["openai", "POST /v1/moderations", "moderations"],
  ["openai", "POST /v1/images/generations", "images"],
  ["openai", "POST /v1/images/edits", "images.edit"],
  ["openai", "POST /v1/images/variations", "images.edit"],
  ["openai", "POST /v1/audio/speech", "speech"],
  ["openai", "POST /v1/audio/transcriptions", "transcription"],
  ["openai", "POST /v1/audio/translations", "transcription"],
  ["openai", "POST /v1/decisions", "decisions"],
  ["openai", "GET /v1/models", "models"],
  ["openai", "GET /v1/models/gpt-5.5", "models"],
  ["openai", "POST //v1/chat/completions", "chat"],
  ["anthropic", "POST /v1/messages", "messages"],
  ["anthropic", "POST /v1/messages/count_tokens", "messages.count"],
  ["anthropic", "POST /v1/complete", "complete"],
  ["anthropic", "GET /v1/models", "models"],
  ["anthropic-openai", "POST /v1/chat/completions", "chat"],
  ["gemini", "POST /v1beta/models/gemini-3.8-flash:generateContent", "generate"],
  ["gemini", "POST /v1/models/gemini-3.8-flash:streamGenerateContent", "generate"],
  ["gemini", "POST /v1alpha/models/gemini-3.8-flash:countTokens", "generate.count"],
  ["gemini", "POST /v1beta/models/gemini-embedding-1:batchEmbedContents", "embed"],
  ["gemini", "POST /v1beta/models/imagen-4:predict", "predict"],
  ["gemini", "POST /v1/interactions", "interactions"],
  ["gemini", "POST /v1beta/decisions", "decisions"],
  ["gemini", "GET /v1beta/models", "models"],
  ["gemini", "GET /v1/models/gemini-3.8-flash", "models"],
  ["gemini-openai", "POST /v1beta/openai/chat/completions", "chat"],
  ["gemini-openai", "POST /v1beta/openai/embeddings", "embeddings"],
  ["gemini-openai", "GET /v1beta/openai/models", "models"],
];

/** Places that reach what all users of a provider key share, or cost what nobody sees. */
const SHUT: readonly (readonly [route: Route, request: string])[] = [
  ["openai", "GET /v1/files"],
  ["openai", "POST /v1/files"],
  ["openai", "GET /v1/files/file-1/content"],
  ["openai", "POST /v1/uploads"],
  ["openai", "POST /v1/batches"],
  ["openai", "POST /v1/fine_tuning/jobs"],
  ["openai", "POST /v1/assistants"],
  ["openai", "POST /v1/threads/thread_1/runs"],
  ["openai", "POST /v1/vector_stores"],
  ["openai", "POST /v1/conversations"],
  ["openai", "POST /v1/containers"],
  ["openai", "POST /v1/videos"],
  ["openai", "GET /v1/chat/completions"],
  ["openai", "GET /v1/chat/completions/chatcmpl-1"],
  ["openai", "DELETE /v1/chat/completions/chatcmpl-1"],
  ["openai", "GET /v1/responses/resp_1"],
  ["openai", "DELETE /v1/responses/resp_1"],
  ["openai", "GET /v1/responses/resp_1/input_items"],
  ["openai", "DELETE /v1/models/ft:gpt-4o:me::1"],
  ["openai", "POST /v1/realtime/calls"],
  ["openai", "POST /v1/realtime/calls/rtc_1/hangup"],
  ["openai", "GET /v1/organization/costs"],
  ["openai", "GET /dashboard/billing/usage"],
  ["openai", "POST /v1/something/new"],
  ["openai", "POST /v1/chat/completions/../../files"],
  ["openai", "POST /v1/files/..%2fchat/completions"],
  ["openai", "POST /v1/chat%2Fcompletions"],
  ["anthropic", "POST /v1/messages/batches"],
  ["anthropic", "GET /v1/messages/batches/msgbatch_1/results"],
  ["anthropic", "GET /v1/files"],
  ["anthropic", "POST /v1/skills"],
  ["anthropic", "POST /v1/agents"],
  ["anthropic", "POST /v1/sessions"],
  ["anthropic", "GET /v1/organizations/me"],
  ["anthropic", "GET /api/oauth/usage"],
  ["gemini", "GET /v1beta/files"],
  ["gemini", "POST /upload/v1beta/files"],
  ["gemini", "GET /download/v1beta/files/f:download"],
  ["gemini", "POST /v1beta/cachedContents"],
  ["gemini", "POST /v1beta/models/gemini-3.8-flash:batchGenerateContent"],
  ["gemini", "POST /v1beta/models/veo-3:predictLongRunning"],
  ["gemini", "GET /v1beta/models/veo-3/operations/o"],
  ["gemini", "POST /v1beta/tunedModels/t:generateContent"],
  ["gemini", "POST /v1beta/fileSearchStores"],
  ["gemini", "GET /v1/interactions/i"],
  ["gemini", "DELETE /v1/interactions/i"],
  ["gemini-openai", "POST /v1beta/openai/files"],
  ["gemini-openai", "POST /v1beta/openai/batches"],
];

const found = (route: Route, request: string, socket = false) => {
  const [method = "", path = ""] = request.split(" ");
  return endpointOf(route, method, path, socket);
};

describe("endpoints that every token may use", () => {
  for (const [route, request, name] of INFERENCE) {
    it(`${route}: ${request}`, ({ expect }) => {
      expect(found(route, request)).toMatchObject({ name, class: "inference" });
      // A handshake opens other places.
      expect(found(route, request, true)?.class).not.toBe("inference");
    });
  }

  for (const [route, path, name] of [
    ["openai", "/v1/realtime", "realtime"],
    ["openai", "/v1/realtime/translations", "realtime"],
    ["openai", "/v1/responses", "responses.socket"],
    ["openai", "/v1/live/sessions", "live"],
    ["gemini", "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent", "live"],
    ["gemini", "/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateMusic", "music"],
  ] as const) {
    it(`${route}: a WebSocket at ${path}`, ({ expect }) => {
      expect(found(route, `GET ${path}`, true)).toMatchObject({ name, class: "inference" });
      expect(found(route, `GET ${path}`)?.class).not.toBe("inference");
    });
  }
});

describe("endpoints that only tokens of class all may use", () => {
  for (const [route, request] of SHUT) {
    it(`${route}: ${request}`, ({ expect }) => {
      expect(found(route, request)?.class ?? "all").toBe("all");
    });
  }

  it("joining somebody's live session", ({ expect }) => {
    expect(found("openai", "GET /v1/live/sessions/s/attach", true)?.class).toBe("all");
  });
});

describe("the model that an address names", () => {
  for (const [route, method, path, query, socket, model] of [
    ["gemini", "POST", "/v1beta/models/gemini-3.8-flash:generateContent", "", false, "gemini-3.8-flash"],
    ["gemini", "POST", "/v1beta/models/gemini%2D3.8-flash:generateContent", "", false, "gemini-3.8-flash"],
    ["gemini", "POST", "/v1beta/tunedModels/t:generateContent", "", false, "tunedModels/t"],
    ["openai", "GET", "/v1/realtime", "?model=gpt-realtime", true, "gpt-realtime"],
    ["openai", "GET", "/v1/realtime", "?a=b&model=gpt%2Drealtime", true, "gpt-realtime"],
    // Nobody knows which of the two counts.
    ["openai", "GET", "/v1/realtime", "?model=a&model=b", true, null],
    ["openai", "GET", "/v1/realtime", "?intent=transcription", true, null],
    ["openai", "POST", "/v1/chat/completions", "?model=gpt-4o", false, null],
  ] as const) {
    it(`${path}${query}: ${model}`, ({ expect }) => {
      const endpoint = endpointOf(route, method, path, socket);
      expect(endpoint && addressedModel(endpoint, { path, query })).toBe(model);
    });
  }
});
