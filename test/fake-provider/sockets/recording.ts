import type { IncomingMessage } from "node:http";
import type { RawData, WebSocket } from "ws";
import { pairs, type Recording } from "../recording.ts";

/** One message. */
export interface Message {
  /** Text as it is; bytes as base64, so that two recordings compare. */
  data: string;
  binary: boolean;
  /** `performance.now()` */
  at: number;
}

/** How a socket was closed. */
export interface Closing {
  code: number;
  reason: string;
  at: number;
}

/** What went over a socket, besides its handshake. */
export interface SocketRecording {
  received: Message[];
  /** The close frame that the client sent, or answered with; 1005: without a code; 1006: none came. */
  closing: Closing | null;
  /** Sends one more message to the client. */
  say(data: string | Buffer): void;
  /** Closes with a code and a reason. */
  end(code: number, reason: string): void;
}

/** A message in one piece, in whatever form `ws` gives it. */
export function bytesOf(data: RawData): Buffer {
  return Buffer.isBuffer(data) ? data : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)]);
}

/** Starts the recording of a handshake. Its `socket` is set where it is accepted. */
export function recordHandshake(request: IncomingMessage, over: Promise<void>): Recording {
  return {
    method: request.method ?? "",
    target: request.url ?? "",
    httpVersion: request.httpVersion,
    headers: pairs(request.rawHeaders),
    body: { bytes: 0, sha256: "", kept: Buffer.alloc(0) },
    receivedAt: performance.now(),
    status: null,
    sent: [],
    cut: false,
    abortedAt: null,
    closed: over,
  };
}

/** Writes down what comes over an open socket. */
export function recordSocket(socket: WebSocket): SocketRecording {
  const recording: SocketRecording = {
    received: [],
    closing: null,
    say: (data) => socket.send(data),
    end: (code, reason) => socket.close(code, reason),
  };
  socket.on("message", (data, binary) => {
    const text = bytesOf(data).toString(binary ? "base64" : "utf8");
    recording.received.push({ data: text, binary, at: performance.now() });
  });
  socket.on("close", (code, reason) => {
    recording.closing = { code, reason: reason.toString("utf8"), at: performance.now() };
  });
  return recording;
}
