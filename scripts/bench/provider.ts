// The bench's provider, in a process of its own. It reads requests from the bare socket and answers with bytes that are ready:
// it must never be what a benchmark waits for. Run by `fork`; it tells its port, and ends with its parent.
import type { IncomingMessage } from "node:http";
import { createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocketServer } from "ws";
import { bytesHead, JSON_ANSWER, STREAM_END, STREAM_HEAD, word } from "./answers.ts";
import { type HttpHead, MessageReader } from "./reader.ts";

const MEGABYTE = Buffer.alloc(1024 * 1024, "x");
const ready = new Map<number, Buffer>();

/** A stream of so many words, all of it at once, each in a chunk of its own. */
function streamOf(words: number): Buffer {
  const known = ready.get(words);
  if (known !== undefined) return known;
  const bytes = Buffer.from(STREAM_HEAD + word().repeat(words) + STREAM_END);
  ready.set(words, bytes);
  return bytes;
}

const written = (socket: Socket, bytes: Buffer | string): Promise<void> =>
  new Promise((resolve) => {
    socket.write(bytes, () => resolve());
  });

/** Words with a pause between them, each with the time at which it was sent, ns of the machine's clock. */
async function slow(socket: Socket, words: number, pauseMs: number): Promise<void> {
  socket.write(STREAM_HEAD);
  for (let count = 0; count < words; count++) {
    await sleep(pauseMs);
    socket.write(word(`at:${process.hrtime.bigint()};`));
  }
  socket.write(STREAM_END);
}

/** Words in a write each, so that they arrive one by one. */
async function many(socket: Socket, words: number): Promise<void> {
  const one = word();
  socket.write(STREAM_HEAD);
  for (let count = 0; count < words; count++) {
    if (!socket.write(one)) await written(socket, "");
    if (count % 64 === 63) await new Promise(setImmediate);
  }
  socket.write(STREAM_END);
}

async function large(socket: Socket, megabytes: number): Promise<void> {
  socket.write(bytesHead(megabytes * MEGABYTE.length));
  for (let count = 0; count < megabytes; count++) await written(socket, MEGABYTE);
}

/** By the first word of what is asked for; the rest are its numbers. */
const ANSWERS: Record<string, (socket: Socket, ...numbers: number[]) => unknown> = {
  json: (socket) => socket.write(JSON_ANSWER),
  sse: (socket, words = 1) => socket.write(streamOf(words)),
  slow: (socket, words = 1, pauseMs = 0) => slow(socket, words, pauseMs),
  many: (socket, words = 1) => many(socket, words),
  large: (socket, megabytes = 1) => large(socket, megabytes),
};

const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });

/** Sends each message back, as many times as it says in front. */
function upgrade(socket: Socket, head: HttpHead, rest: Buffer): void {
  socket.removeAllListeners("data");
  // The cast: the package reads no more of a request than these three.
  const request = { method: "GET", url: head.target, headers: head.headers } as IncomingMessage;
  sockets.handleUpgrade(request, socket, rest, (opened) => {
    // The cast: messages come in one piece, as `binaryType` says where nobody sets it.
    opened.on("message", (data, isBinary) => {
      const times = isBinary ? 1 : Number(/^\d+/.exec((data as Buffer).toString())?.[0] ?? 1);
      for (let count = 0; count < times; count++) opened.send(data, { binary: isBinary });
    });
  });
}

function serve(socket: Socket): void {
  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  const reader = new MessageReader();
  socket.on("data", (bytes) => {
    for (const { head } of reader.read(bytes)) {
      if (head.headers["upgrade"] !== undefined) return upgrade(socket, head, reader.rest());
      const [kind = "json", ...numbers] = (/[?&/]bench=([\w-]+)/.exec(head.target)?.[1] ?? "json").split("-");
      void ANSWERS[kind]?.(socket, ...numbers.map(Number));
    }
  });
}

const server = createServer(serve);
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.send?.({ port: typeof address === "object" ? address?.port : null });
});
process.once("disconnect", () => process.exit());
