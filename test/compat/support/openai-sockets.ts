import OpenAI from "openai";
import { OpenAIRealtimeWebSocket } from "openai/realtime/websocket";
import { OpenAIRealtimeWS } from "openai/realtime/ws";
import { ForksWS } from "openai/resources/live/forks/ws";
import { SidebandWS } from "openai/resources/live/sideband/ws";
import { LiveWS } from "openai/resources/live/ws";
import { ResponsesWS } from "openai/resources/responses/ws";
import type { Way } from "./clients.ts";
import { type Line, Talk } from "./talk.ts";

/** What the SDK's socket classes have in common. */
interface Emitter {
  on(event: "event", listener: (event: { type: string }) => void): unknown;
  on(event: "error", listener: (error: Error & { error?: unknown }) => void): unknown;
  close(props?: { code: number; reason: string }): void;
}

const GOODBYE = { code: 1000, reason: "done" };

/** The environment of the test has none of these; a holder's may. */
const clientOf = ({ url, key }: Way): OpenAI =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: key, organization: "org-of-the-holder", project: "proj_of-the-holder" });

/** Notes all that a client hears, and goes on by each event's type. */
function follow(emitter: Emitter, steps: Record<string, (count: number) => void>): Talk {
  const talk = new Talk();
  const seen: string[] = [];
  emitter.on("event", (event) => {
    talk.note("event", event);
    seen.push(event.type);
    steps[event.type]?.(seen.filter((type) => type === event.type).length);
  });
  emitter.on("error", (error) => talk.note("error", error.message, error.error));
  return talk;
}

const closer =
  (talk: Talk) =>
  (code: number, reason: Buffer): void =>
    talk.close(code, reason.toString("utf8"));

/** `ws`, which sends the key as Bearer. */
export function realtimeWs(way: Way, model = "gpt-realtime"): Promise<Line[]> {
  const realtime = new OpenAIRealtimeWS({ model }, clientOf(way));
  const talk = follow(realtime, {
    "session.created": () => realtime.send({ type: "response.create", response: { instructions: "hello gate 🐈" } }),
    "response.done": () => realtime.close(GOODBYE),
  });
  realtime.socket.on("close", closer(talk));
  return talk.whole();
}

/** Node's own WebSocket, which sends the key as a subprotocol. */
export function realtimeNative(way: Way, model = "gpt-realtime"): Promise<Line[]> {
  const realtime = new OpenAIRealtimeWebSocket({ model }, clientOf(way));
  const talk = follow(realtime, {
    "session.created": () => realtime.send({ type: "response.create", response: { instructions: "hello gate 🐈" } }),
    "response.done": () => realtime.close(GOODBYE),
  });
  realtime.socket.addEventListener("open", () => talk.note("subprotocol", realtime.socket.protocol));
  realtime.socket.addEventListener("close", ({ code, reason }) => talk.close(code, reason));
  return talk.whole();
}

/** Two turns on one socket. */
export function responsesWs(way: Way, model = "gpt-5.5"): Promise<Line[]> {
  const responses = new ResponsesWS(clientOf(way));
  const turn = (input: string): void => responses.send({ type: "response.create", model, input });
  const talk = follow(responses, {
    "response.completed": (count) => (count === 1 ? turn("and again, grüße") : responses.close(GOODBYE)),
  });
  responses.socket.on("close", closer(talk));
  turn("hello gate 🐈");
  return talk.whole();
}

/** A Live session from start to close. */
export function liveWs(way: Way, model = "gpt-live-1"): Promise<Line[]> {
  const live = new LiveWS(clientOf(way));
  const talk = follow(live, {
    "session.started": () => live.send({ type: "session.input_audio.append", audio: "AAEC" }),
    "session.usage.updated": () => live.send({ type: "session.close" }),
    "session.closed": () => live.close(GOODBYE),
  });
  live.socket.on("close", closer(talk));
  live.send({ type: "session.start", session: { model, delegation: null } });
  return talk.whole();
}

/** A second socket of a session that exists. */
export function attachWs(way: Way): Promise<Line[]> {
  const sideband = new SidebandWS(clientOf(way), { session_id: "live_1" });
  const talk = follow(sideband, { "session.updated": () => sideband.close(GOODBYE) });
  sideband.socket.on("close", closer(talk));
  sideband.send({ type: "session.update", session: {} });
  return talk.whole();
}

/** A session that goes on from another one. */
export function forkWs(way: Way): Promise<Line[]> {
  const fork = new ForksWS(clientOf(way), { session_id: "live_1" });
  const talk = follow(fork, { "session.started": () => fork.close(GOODBYE) });
  fork.socket.on("close", closer(talk));
  fork.send({ type: "session.start", session: {} });
  return talk.whole();
}
