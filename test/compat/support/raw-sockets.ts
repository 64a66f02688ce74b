import { WebSocket } from "ws";
import type { Recording } from "../../fake-provider/index.ts";
import { bytesOf } from "../../fake-provider/sockets/recording.ts";
import { type Harness, type Issued, KEYS } from "../../harness.ts";
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

/** What a test is given. */
export interface Given {
  harness: Harness;
  token: Issued;
}

/** The way to OpenAI itself. */
export const directOf = ({ harness }: Given) => ({ url: harness.providers.openai.url, key: KEYS.openai });
/** The way through the gateway. */
export const throughOf = ({ harness, token }: Given) => ({ url: harness.gatewayUrl, key: token.secret });
/** The newest recording of OpenAI's. */
export const lastOf = ({ harness }: Given): Recording | undefined => harness.providers.openai.recordings.at(-1);

/** One run: what the client noticed, and what the provider did. */
export interface Run {
  lines: Line[];
  received: unknown;
  closing: unknown;
}

/** Plays a socket to its end. */
export async function run(given: Given, raw: Raw, act: (raw: Raw) => void | Promise<void>): Promise<Run> {
  await raw.opened;
  await act(raw);
  const lines = await raw.lines;
  const recording = lastOf(given);
  await recording?.closed;
  const { received, closing } = recording?.socket ?? {};
  return {
    lines,
    received: received?.map(({ data, binary }) => [data, binary]),
    closing: closing && [closing.code, closing.reason],
  };
}
