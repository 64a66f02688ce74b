import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { SocketRecording } from "./sockets/recording.ts";

/** A body is kept up to here; the hash and the size cover all of it. */
const KEPT_BYTES = 8 * 1024 * 1024;

/** One piece of an answer, when it was written. */
export interface SentChunk {
  /** `performance.now()` */
  at: number;
  bytes: number;
  /** True for a piece of the answer's text, false for what frames it. */
  piece: boolean;
}

/** Everything about one request, as it came in, and how its answer went. */
export interface Recording {
  method: string;
  /** The request target byte for byte, as in the request line. */
  target: string;
  httpVersion: string;
  /** Names and values in the order and case in which they came. */
  headers: [name: string, value: string][];
  body: { bytes: number; sha256: string; kept: Buffer };
  receivedAt: number;
  status: number | null;
  sent: SentChunk[];
  /** True where the fake provider itself cut the connection. */
  cut: boolean;
  /** When the client left before the answer was whole; null where it stayed. */
  abortedAt: number | null;
  /** Resolves when the answer is over, in whatever way. */
  closed: Promise<void>;
  /** What went over the socket, where the request was a handshake that was accepted. */
  socket?: SocketRecording;
}

/** Starts a recording; it grows while the exchange goes on. */
export function record(request: IncomingMessage, response: ServerResponse): Recording {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const recording: Recording = {
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
    closed,
  };
  response.on("close", () => {
    if (!response.writableFinished && !recording.cut) recording.abortedAt = performance.now();
    resolve();
  });
  return recording;
}

/** Header lines as Node gives them: names and values in turns. */
export function pairs(raw: string[]): [string, string][] {
  const found: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) found.push([raw[index] ?? "", raw[index + 1] ?? ""]);
  return found;
}

/** Reads the body to its end into the recording. */
export async function readBody(request: IncomingMessage, recording: Recording): Promise<Buffer> {
  const hash = createHash("sha256");
  const kept: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    hash.update(chunk);
    if (bytes < KEPT_BYTES) kept.push(chunk);
    bytes += chunk.length;
  }
  recording.body = { bytes, sha256: hash.digest("hex"), kept: Buffer.concat(kept).subarray(0, KEPT_BYTES) };
  return recording.body.kept;
}
