import { namesOf, toolUse, typed } from "../agent.ts";
import { type Answer, type Call, CREATED_ISO, type Frame, whole } from "../call.ts";
import { failure } from "../errors.ts";
import { field, list, number, string, textOf } from "../json.ts";
import { type Reply, reply, words } from "../words.ts";

const MODELS = [
  ["claude-opus-4-8", "Claude Opus 4.8"],
  ["claude-haiku-4-5", "Claude Haiku 4.5"],
] as const;

function usageOf({ usage }: Reply): Record<string, unknown> {
  return {
    input_tokens: usage.input - usage.cached,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: usage.cached,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: usage.output,
    service_tier: "standard",
  };
}

function model(id: string, display_name: string): unknown {
  return { type: "model", id, display_name, created_at: CREATED_ISO };
}

function allText(json: unknown): string {
  return `${textOf(field(json, "system"))} ${textOf(list(field(json, "messages")))}`;
}

/** The assistant's message, finished. */
export function message(call: Call, json: unknown): { message: Record<string, unknown>; said: Reply } {
  const last = list(field(json, "messages")).findLast((one) => field(one, "role") === "user");
  const results = list(field(last, "content")).filter((part) => field(part, "type") === "tool_result");
  const heard = textOf(results.length > 0 ? results : last);
  const said = reply(call, allText(json), typed(heard), number(field(json, "max_tokens")));
  const called = results.length > 0 ? null : toolUse(heard, namesOf(list(field(json, "tools"))));
  const text = { type: "text", text: said.pieces.join("") };
  const use = called && { type: "tool_use", id: call.id("toolu_"), name: called.name, input: called.args };
  const base = { id: call.id("msg_"), type: "message", role: "assistant", model: string(field(json, "model")) };
  const stop_reason = use !== null ? "tool_use" : said.cut ? "max_tokens" : "end_turn";
  const content = use !== null ? [text, use] : [text];
  return { message: { ...base, content, stop_reason, stop_sequence: null, usage: usageOf(said) }, said };
}

function event(type: string, fields: object = {}, piece = false): Frame {
  return { text: `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`, piece };
}

function events(call: Call): Frame[] {
  const { message: finished, said } = message(call, call.json);
  const usage = { ...usageOf(said), output_tokens: 1 };
  const text = said.pieces.map((piece) => {
    const delta = { type: "text_delta", text: piece };
    return event("content_block_delta", { index: 0, delta }, true);
  });
  const uses = list(finished.content)
    .slice(1)
    .flatMap((use) => {
      const delta = { type: "input_json_delta", partial_json: JSON.stringify(field(use, "input")) };
      return [
        event("content_block_start", { index: 1, content_block: Object.assign({}, use, { input: {} }) }),
        event("content_block_delta", { index: 1, delta }),
        event("content_block_stop", { index: 1 }),
      ];
    });
  const delta = { stop_reason: finished.stop_reason, stop_sequence: null };
  return [
    event("message_start", { message: { ...finished, content: [], stop_reason: null, usage } }),
    event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
    event("ping"),
    ...text,
    event("content_block_stop", { index: 0 }),
    ...uses,
    event("message_delta", { delta, usage: { output_tokens: said.usage.output } }),
    event("message_stop"),
  ];
}

/** What Anthropic refuses before it looks further, or null. */
export function invalid(call: Call): Answer | null {
  if (call.headers["anthropic-version"] === undefined) {
    return failure("anthropic", call, 400, "anthropic-version: header is required");
  }
  return null;
}

/** `POST /v1/messages` */
export function messages(call: Call): Answer {
  if (number(field(call.json, "max_tokens")) === null) {
    return failure("anthropic", call, 400, "max_tokens: Field required");
  }
  if (field(call.json, "stream") === true) {
    const headers = { "content-type": "text/event-stream; charset=utf-8" };
    return { kind: "stream", headers, frames: events(call) };
  }
  return whole(message(call, call.json).message);
}

/** `POST /v1/messages/count_tokens` */
export function countTokens(call: Call): Answer {
  return whole({ input_tokens: words(allText(call.json)).length });
}

/** `GET /v1/models` */
export function models(): Answer {
  const data = MODELS.map(([id, name]) => model(id, name));
  return whole({ data, has_more: false, first_id: MODELS[0][0], last_id: MODELS[1][0] });
}

/** `GET /v1/models/{id}` */
export function oneModel(call: Call, id: string): Answer {
  const known = MODELS.find(([name]) => name === id);
  if (known === undefined && !id.startsWith("fake-")) return failure("anthropic", call, 404, `model: ${id}`);
  return whole(model(id, known?.[1] ?? id));
}
