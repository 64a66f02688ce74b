import { namesOf, toolUse, type ToolUse, typed } from "../agent.ts";
import { type Answer, type Call, CREATED, type Frame, whole } from "../call.ts";
import { field, list, number, textOf } from "../json.ts";
import { type Reply, reply } from "../words.ts";

function usageOf({ usage }: Reply): unknown {
  return {
    input_tokens: usage.input,
    input_tokens_details: { cached_tokens: usage.cached },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: usage.input + usage.output,
  };
}

function response(call: Call, status: string, output: unknown[], usage: unknown): Record<string, unknown> {
  return {
    id: call.id("resp_"),
    object: "response",
    created_at: CREATED,
    status,
    background: false,
    error: null,
    incomplete_details: status === "incomplete" ? { reason: "max_output_tokens" } : null,
    instructions: field(call.json, "instructions") ?? null,
    max_output_tokens: number(field(call.json, "max_output_tokens")),
    metadata: {},
    model: call.model,
    output,
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    service_tier: "default",
    store: true,
    temperature: 1,
    text: { format: { type: "text" } },
    tool_choice: "auto",
    tools: list(field(call.json, "tools")),
    top_p: 1,
    truncation: "disabled",
    usage,
  };
}

function textPart(text: string): unknown {
  return { type: "output_text", annotations: [], logprobs: [], text };
}

type Push = (type: string, fields: object, piece?: boolean) => void;

/** A message's events between its being added and its being done. */
function pushText(push: Push, call: Call, said: Reply): void {
  const text = said.pieces.join("");
  const place = { item_id: call.id("msg_"), output_index: 0, content_index: 0 };
  push("response.content_part.added", { ...place, part: textPart("") });
  for (const delta of said.pieces) push("response.output_text.delta", { ...place, delta, logprobs: [] }, true);
  push("response.output_text.done", { ...place, text, logprobs: [] });
  push("response.content_part.done", { ...place, part: textPart(text) });
}

/** The same for a function call. */
function pushArguments(push: Push, call: Call, { name, args }: ToolUse): void {
  const place = { item_id: call.id("fc_"), output_index: 0 };
  push("response.function_call_arguments.delta", { ...place, delta: JSON.stringify(args) });
  push("response.function_call_arguments.done", { ...place, name, arguments: JSON.stringify(args) });
}

function functionCall(call: Call, { name, args }: ToolUse): object {
  const status = "completed";
  return {
    id: call.id("fc_"),
    type: "function_call",
    call_id: call.id("call_"),
    name,
    arguments: JSON.stringify(args),
    status,
  };
}

function events(call: Call, said: Reply, status: string, called: ToolUse | null): Frame[] {
  const frames: Frame[] = [];
  const push: Push = (type, fields, piece = false) => {
    const event = { type, sequence_number: frames.length, ...fields };
    frames.push({ text: `event: ${type}\ndata: ${JSON.stringify(event)}\n\n`, piece });
  };
  const done = called === null ? message(call, said) : functionCall(call, called);
  const empty = called === null ? { content: [] } : { arguments: "" };
  push("response.created", { response: response(call, "in_progress", [], null) });
  push("response.in_progress", { response: response(call, "in_progress", [], null) });
  push("response.output_item.added", { output_index: 0, item: { ...done, ...empty, status: "in_progress" } });
  if (called === null) pushText(push, call, said);
  else pushArguments(push, call, called);
  push("response.output_item.done", { output_index: 0, item: done });
  push(`response.${status}`, { response: response(call, status, [done], usageOf(said)) });
  return frames;
}

function message(call: Call, said: Reply): object {
  const content = [textPart(said.pieces.join(""))];
  return { id: call.id("msg_"), type: "message", role: "assistant", content, status: "completed" };
}

/** `POST /responses` */
export function responses(call: Call): Answer {
  const input = field(call.json, "input");
  const turns = list(input);
  const last = typeof input === "string" ? input : textOf(turns.at(-1));
  const all = `${textOf(field(call.json, "instructions"))} ${textOf(input)}`;
  const answered = field(turns.at(-1), "type") === "function_call_output";
  const functions = list(field(call.json, "tools")).filter((tool) => field(tool, "type") === "function");
  const called = answered ? null : toolUse(last, namesOf(functions));
  const said = reply(call, all, typed(last), number(field(call.json, "max_output_tokens")));
  const status = said.cut ? "incomplete" : "completed";
  if (field(call.json, "stream") === true) {
    const headers = { "content-type": "text/event-stream; charset=utf-8" };
    const error = { type: "error", code: "server_error", message: "The server had an error.", param: null };
    const errorFrame = `event: error\ndata: ${JSON.stringify({ ...error, sequence_number: 99 })}\n\n`;
    return { kind: "stream", headers, frames: events(call, said, status, called), errorFrame };
  }
  const item = called === null ? message(call, said) : functionCall(call, called);
  return whole(response(call, status, [item], usageOf(said)));
}
