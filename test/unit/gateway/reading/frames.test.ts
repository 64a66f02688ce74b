import { describe, it } from "vitest";
import { endpointOf } from "../../../../gateway/endpoints/find.ts";
import type { Route } from "../../../../gateway/providers.ts";
import { frameJudgeOf } from "../../../../gateway/reading/frames.ts";
import { ALL, json } from "../../support/reading.ts";
import { OPEN_POLICY } from "../../../../shared/policy.ts";

const LIVE = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent";
const judgeFor = (route: Route, path: string) => {
  const judge = frameJudgeOf(endpointOf(route, "GET", path, true), OPEN_POLICY);
  if (judge === null) throw new Error(`No frames are judged on ${path}.`);
  return judge;
};
const create = (fields: object): string => json({ type: "response.create", ...fields });

describe("frames that reach what is shared", () => {
  for (const [route, path, frame, field] of [
    ["openai", "/v1/responses", { type: "response.create", previous_response_id: "resp_1" }, "previous_response_id"],
    ["openai", "/v1/responses", { type: "response.create", conversation: "conv_1" }, "conversation"],
    [
      "openai",
      "/v1/responses",
      { type: "response.create", input: [{ type: "item_reference", id: "i" }] },
      "input.0.type",
    ],
    ["openai", "/v1/realtime", { type: "session.update", session: { prompt: { id: "pmpt_1" } } }, "session.prompt"],
    [
      "openai",
      "/v1/realtime",
      { type: "response.create", response: { tools: [{ connector_id: "c" }] } },
      "response.tools.0.connector_id",
    ],
    [
      "openai",
      "/v1/live/sessions",
      { type: "session.start", session: { audio: { voice: { id: "v" } } } },
      "session.audio.voice",
    ],
    ["gemini", LIVE, { setup: { cachedContent: "cachedContents/1" } }, "setup.cachedContent"],
    [
      "gemini",
      LIVE,
      { clientContent: { turns: [{ parts: [{ fileData: { fileUri: "files/f" } }] }] } },
      "clientContent.turns.0.parts.0.fileData.fileUri",
    ],
  ] as [Route, string, object, string][]) {
    it(`${path}: ${field}`, ({ expect }) => {
      const judge = judgeFor(route, path);
      expect(judge.judge(json(frame))).toEqual({ code: "field_not_allowed", field });
      // Google takes the same as bytes.
      expect(judge.judge(new Uint8Array(new TextEncoder().encode(json(frame))).buffer)).toEqual({
        code: "field_not_allowed",
        field,
      });
    });
  }

  it("are refused where they can be read in two ways", ({ expect }) => {
    const judge = judgeFor("openai", "/v1/responses");
    expect(judge.judge('{"previous_response_id":"resp_1","previous_response_id":null}')).toMatchObject({
      code: "unreadable_request",
    });
    expect(judge.judge("{previous_response_id:'resp_1'}")).toMatchObject({ code: "unreadable_request" });
  });
});

describe("frames that reach nothing", () => {
  for (const [route, path, frame] of [
    [
      "openai",
      "/v1/responses",
      { type: "response.create", model: "gpt-5.5", input: [{ role: "user", content: "hi" }] },
    ],
    ["openai", "/v1/realtime", { type: "input_audio_buffer.append", audio: "AAAA" }],
    ["openai", "/v1/realtime", { type: "session.update", session: { audio: { output: { voice: "alloy" } } } }],
    // Items of the session's own.
    ["openai", "/v1/realtime", { type: "response.create", response: { input: [{ type: "item_reference", id: "i" }] } }],
    ["gemini", LIVE, { setup: { model: "models/gemini-live" } }],
    ["gemini", LIVE, { realtimeInput: { audio: { data: "AAAA", mimeType: "audio/pcm" } } }],
  ] as [Route, string, object][]) {
    it(`pass: ${path} ${json(frame)}`, ({ expect }) => {
      expect(judgeFor(route, path).judge(json(frame))).toBeNull();
    });
  }

  it("aren't looked at for a token of class all", ({ expect }) => {
    expect(frameJudgeOf(endpointOf("openai", "GET", "/v1/responses", true), ALL)).toBeNull();
    expect(frameJudgeOf(null, OPEN_POLICY)).toBeNull();
  });
});

describe("an answer of the same socket", () => {
  const created = json({ type: "response.created", response: { id: "resp_own", metadata: { id: "resp_other" } } });

  it("may be gone on with, as Codex does", ({ expect }) => {
    const judge = judgeFor("openai", "/v1/responses");
    const next = create({ previous_response_id: "resp_own", input: [] });
    expect(judge.judge(next)).toEqual({ code: "field_not_allowed", field: "previous_response_id" });
    judge.hear(created);
    expect(judge.judge(next)).toBeNull();
  });

  it("is only what the provider says it made", ({ expect }) => {
    const judge = judgeFor("openai", "/v1/responses");
    judge.hear(created);
    judge.hear(json({ type: "response.output_text.delta", delta: created }));
    judge.hear(json({ type: "error", response: { id: "resp_other" }, note: ["response.created"] }));
    judge.hear('{"response.created"');
    expect(judge.judge(create({ previous_response_id: "resp_other" }))).toMatchObject({ code: "field_not_allowed" });
  });
});
