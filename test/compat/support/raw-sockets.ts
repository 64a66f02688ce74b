import { WebSocket } from "ws";
import { bytesOf } from "../../fake-provider/sockets/recording.ts";
import type { Way } from "./clients.ts";
import { type Line, Talk } from "./talk.ts";

/** A socket without an SDK around it. */
export interface Raw {
  socket: WebSocket;
  talk: Talk;
  opened: Promise<void>;
  /** Everything that came, once it is closed. */
  lines: Promise<Line[]>;
}

/** Messages above this length are noted by their length and ends. */
const NOTED = 1_000;

function noted(data: Buffer, binary: boolean): unknown {
  const text = data.toString(binary ? "base64" : "utf8");
  return text.length <= NOTED ? text : [text.length, text.slice(0, 20), text.slice(-20)];
}

/**
 * Dials a fake provider, directly or through the gateway.
 *
 * @param model what the fake provider shall do
 */
export function dial({ url, key }: Way, model: string): Raw {
  const address = `${url.replace("http", "ws")}/v1/realtime?model=${model}`;
  const options = { headers: { authorization: `Bearer ${key}` }, perMessageDeflate: false };
  const socket = new WebSocket(address, options);
  const talk = new Talk();
  const { promise: opened, resolve } = Promise.withResolvers<void>();
  socket.on("open", resolve);
  socket.on("message", (data, binary) => talk.note(binary ? "bytes" : "text", noted(bytesOf(data), binary)));
  socket.on("error", (error) => talk.note("error", error.message));
  socket.on("close", (code, reason) => talk.close(code, reason.toString("utf8")));
  return { socket, talk, opened, lines: talk.whole() };
}
