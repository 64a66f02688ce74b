import type { Call } from "../call.ts";
import { field, string, textOf } from "../json.ts";
import { responses } from "../openai/responses.ts";
import { reply } from "../words.ts";
import { callOf } from "./turn.ts";

/** The answer to a message that OpenAI doesn't know. */
export function invalid(message: unknown): object[] {
  const text = `Invalid value: '${string(field(message, "type"))}'.`;
  const error = { type: "invalid_request_error", code: "invalid_value", message: text, param: "type", event_id: null };
  return [{ type: "error", event_id: "event_fake", error }];
}

/** The session that Realtime tells of. */
export const session = (model: string) => ({ type: "realtime", object: "realtime.session", id: "sess_fake", model });

/** `response.create` on `/v1/realtime` */
export function realtimeTurn(handshake: Call, message: unknown, turn: number): object[] {
  const call = callOf(handshake, message, turn, string(handshake.query.get("model")));
  const asked = textOf(field(message, "response", "input")) || string(field(message, "response", "instructions"));
  const { pieces, usage } = reply(call, asked, asked, null);
  const response_id = call.id("resp_");
  const place = { response_id, item_id: call.id("item_"), output_index: 0, content_index: 0 };
  const response = { object: "realtime.response", id: response_id, status: "in_progress", output: [], usage: null };
  const total_tokens = usage.input + usage.output;
  const done = {
    ...response,
    status: "completed",
    usage: {
      total_tokens,
      input_tokens: usage.input,
      output_tokens: usage.output,
      input_token_details: { text_tokens: usage.input, audio_tokens: 0, cached_tokens: usage.cached },
      output_token_details: { text_tokens: usage.output, audio_tokens: 0 },
    },
  };
  return [
    { type: "response.created", event_id: call.id("event_a"), response },
    ...pieces.map((delta, index) => ({
      type: "response.output_text.delta",
      event_id: call.id(`event_${index}`),
      ...place,
      delta,
    })),
    { type: "response.done", event_id: call.id("event_z"), response: done },
  ];
}

/** The same events as in the stream of `POST /responses`, one in each message. */
export function responsesTurn(handshake: Call, message: unknown, turn: number): object[] {
  if (field(message, "type") !== "response.create") return invalid(message);
  const model = string(field(message, "model"));
  const body = { ...(typeof message === "object" ? message : {}), stream: true };
  const answer = responses(callOf(handshake, body, turn, model));
  if (answer.kind !== "stream") return [];
  const events = answer.frames.map(({ text }): object => JSON.parse(text.slice(text.indexOf("data: ") + 6)));
  // Codex warms a socket up before its first turn; nothing is generated then.
  if (field(message, "generate") !== false) return events;
  return events.filter((event) => /^response\.(?:created|completed)$/.test(string(field(event, "type"))));
}

const id = (event: string): object => ({ type: event, event_id: `event_${event}` });

/** `/v1/live/sessions` */
export function liveTurn(handshake: Call, message: unknown): object[] {
  const type = string(field(message, "type"));
  const live = {
    id: /^\/v1\/live\/sessions\/([^/]+)/.exec(handshake.path)?.[1] ?? "live_fake",
    object: "live.session",
  };
  if (type === "session.start") {
    const model = field(message, "session", "model") ?? "gpt-live-1";
    return [{ ...id("session.started"), session: { ...live, model } }];
  }
  const seconds = { usage: { seconds: 1.5 } };
  if (type === "session.update") return [{ ...id("session.updated"), session: live }];
  if (type === "session.input_audio.append") return [{ ...id("session.usage.updated"), ...seconds }];
  if (type !== "session.close") return invalid(message);
  return [{ ...id("session.closed"), reason: "close_requested", session: live, ...seconds }];
}
