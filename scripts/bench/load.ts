// The bench's load generator, in a process of its own. Run by `fork`: it does one job after the other, and ends with its parent.
import { connect, type Socket } from "node:net";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import {
  type Job,
  type LoadJob,
  type LoadResult,
  percentile,
  type SingleJob,
  type SingleResult,
  type SocketJob,
  type SocketResult,
  type StreamJob,
  type StreamResult,
} from "./jobs.ts";
import { type HttpMessage, MessageReader } from "./reader.ts";

/** Longer than any job takes. */
const GIVE_UP_MS = 120_000;

async function opened(port: number): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  await once(socket, "connect");
  // Whoever waits for an answer hears of its end: `close` follows.
  socket.on("error", () => undefined);
  return socket;
}

/** Sends a request, and waits for the whole answer. `onData`: sees each piece, with the time since it was sent, ms. */
function ask(socket: Socket, request: string, onData: (bytes: Buffer, ms: number) => void): Promise<HttpMessage> {
  const reader = new MessageReader();
  const { promise, resolve, reject } = Promise.withResolvers<HttpMessage>();
  const since = performance.now();
  const take = (bytes: Buffer): void => {
    onData(bytes, performance.now() - since);
    const [message] = reader.read(bytes);
    if (message !== undefined) resolve(message);
  };
  const broken = (): void => reject(new Error("the connection ended before the answer did"));
  socket.on("data", take);
  socket.once("close", broken);
  if (socket.destroyed) broken();
  else socket.write(request);
  return promise.finally(() => {
    socket.off("data", take);
    socket.off("close", broken);
  });
}

async function load({ port, request, connections, forMs, rate }: LoadJob): Promise<LoadResult> {
  const firstBytes: number[] = [];
  let failed = 0;
  const sockets = await Promise.all(Array.from({ length: connections }, () => opened(port)));
  const since = performance.now();
  const end = since + forMs;
  const one = async (socket: Socket): Promise<void> => {
    let firstByte = -1;
    const { head } = await ask(socket, request, (_, ms) => {
      if (firstByte < 0) firstByte = ms;
    });
    firstBytes.push(firstByte);
    if (head.status !== 200) failed += 1;
  };
  const paced = async (socket: Socket, index: number): Promise<void> => {
    // Paced requests are spread evenly, each connection in turn.
    const pauseMs = rate === null ? 0 : (1000 * connections) / rate;
    for (let count = 0; performance.now() < end; count++) {
      if (rate !== null) await sleep(Math.max(0, since + pauseMs * (count + index / connections) - performance.now()));
      await one(socket);
    }
  };
  // Where one breaks, the others end too: nothing of a job goes on in the next one.
  await Promise.all(sockets.map(paced)).finally(() => sockets.forEach((socket) => socket.destroy()));
  const tookMs = performance.now() - since;
  const firstByte = { p50: percentile(firstBytes, 0.5), p99: percentile(firstBytes, 0.99) };
  return { requests: firstBytes.length, failed, tookMs, firstByte };
}

async function stream({ port, request }: StreamJob): Promise<StreamResult> {
  const socket = await opened(port);
  const delays: number[] = [];
  await ask(socket, request, (bytes) => {
    const now = process.hrtime.bigint();
    for (const [, at = "0"] of bytes.toString().matchAll(/at:(\d+);/g)) delays.push(Number(now - BigInt(at)) / 1e6);
  });
  socket.destroy();
  return { delays };
}

async function single({ port, request }: SingleJob): Promise<SingleResult> {
  const socket = await opened(port);
  const since = performance.now();
  const { head, size } = await ask(socket, request, () => undefined);
  const tookMs = performance.now() - since;
  socket.destroy();
  return { status: head.status, size, tookMs };
}

async function socket({ url, headers, messages, each }: SocketJob): Promise<SocketResult> {
  const client = new WebSocket(url, { headers, perMessageDeflate: false });
  await once(client, "open");
  const message = `${each} `.padEnd(200, "x");
  const since = performance.now();
  let got = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  client.on("message", () => {
    got += 1;
    if (got >= messages) resolve();
    else if (got % each === 0) client.send(message);
  });
  // Two on the way, so that nobody waits for the other's next word.
  client.send(message);
  client.send(message);
  await promise;
  const tookMs = performance.now() - since;
  client.terminate();
  return { tookMs };
}

const DO = { load, stream, single, socket } as { [K in Job["kind"]]: (job: never) => Promise<object> };

process.on("message", (job: Job) => {
  const timer = setTimeout(() => process.exit(1), GIVE_UP_MS);
  DO[job.kind](job as never)
    .then((result) => process.send?.({ result }))
    .catch((error: unknown) => process.send?.({ error: String(error) }))
    .finally(() => clearTimeout(timer));
});
process.once("disconnect", () => process.exit());
