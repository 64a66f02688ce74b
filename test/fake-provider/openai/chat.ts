import { namesOf, toolUse, type ToolUse, typed } from "../agent.ts";
import { type Answer, type Call, CREATED, type Frame, whole } from "../call.ts";
import { field, list, number, textOf } from "../json.ts";
import { type Reply, reply } from "../words.ts";

/** One `data:` frame. */
export function data(value: unknown, piece = false): Frame {
  return { text: `data: ${typeof value === "string" ? value : JSON.stringify(value)}\n\n`, piece };
}

/** `usage` as chat completions have it. */
export function chatUsage({ usage }: Reply): unknown {
  return {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

function isResult(message: unknown): boolean {
  return field(message, "role") === "tool";
}

function heard(messages: unknown[]): string {
  const last = messages.at(-1);
  if (isResult(last)) return textOf(last);
  return textOf(messages.findLast((message) => field(message, "role") === "user") ?? last);
}

/** A tool is called where tools are offered and the last word isn't a tool's own. */
function toolCall(call: Call, messages: unknown[]): ToolUse | null {
  if (isResult(messages.at(-1)) || field(call.json, "tool_choice") === "none") return null;
  return toolUse(heard(messages), namesOf(list(field(call.json, "tools")), "function"));
}

function stream(call: Call, base: object, pieces: string[], finish: string, usage: unknown, tool: unknown): Answer {
  const wanted = field(call.json, "stream_options", "include_usage") === true;
  const none = wanted ? { usage: null } : {};
  const chunk = (delta: unknown, finish_reason: string | null): unknown => ({
    ...base,
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    ...none,
  });
  const head = tool === null ? { content: "" } : { content: null, tool_calls: [tool] };
  const frames = [
    data(chunk({ role: "assistant", ...head, refusal: null }, null)),
    ...pieces.map((content) => data(chunk({ content }, null), true)),
    data(chunk({}, finish)),
    ...(wanted ? [data({ ...base, object: "chat.completion.chunk", choices: [], usage })] : []),
    data("[DONE]"),
  ];
  return { kind: "stream", headers: { "content-type": "text/event-stream; charset=utf-8" }, frames };
}

/** `POST /chat/completions` */
export function chat(call: Call): Answer {
  const messages = list(field(call.json, "messages"));
  const limit = number(field(call.json, "max_completion_tokens")) ?? number(field(call.json, "max_tokens"));
  const said = reply(call, messages.map(textOf).join(" "), typed(heard(messages)), limit);
  const base = {
    id: call.id("chatcmpl-"),
    object: "chat.completion",
    created: CREATED,
    model: call.model,
    service_tier: "default",
    system_fingerprint: "fp_fake",
  };
  const called = toolCall(call, messages);
  const tool = called && {
    id: call.id("call_"),
    type: "function",
    function: { name: called.name, arguments: JSON.stringify(called.args) },
  };
  const pieces = tool === null ? said.pieces : [];
  const finish = tool === null ? (said.cut ? "length" : "stop") : "tool_calls";
  const usage = chatUsage(said);
  if (field(call.json, "stream") === true) {
    return stream(call, base, pieces, finish, usage, tool && { index: 0, ...tool });
  }
  const message = {
    role: "assistant",
    content: tool === null ? pieces.join("") : null,
    refusal: null,
    annotations: [],
    ...(tool && { tool_calls: [tool] }),
  };
  return whole({ ...base, choices: [{ index: 0, message, logprobs: null, finish_reason: finish }], usage });
}
