import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A stand-in for Workers KV, in the dialect that workerd's `kvNamespace` binding speaks to its service. */
export interface FakeKv {
  /** `host:port` for a workerd `external` service. */
  address: string;
  /** What is stored; a test may change it at any time. */
  values: Map<string, string>;
  /** While it is set, every read is answered with this status: KV out of order. */
  failWith: number | null;
  /** While it is set, every write is answered with this status and not done: 429 is the write quota, used up. */
  failWritesWith: number | null;
  /** How late every answer is, in ms. */
  delayMs: number;
  /** While it is set, reads see this and not what was written since: a place that KV's news hasn't reached. */
  stale: ReadonlyMap<string, string> | null;
  /** How many reads there were. */
  reads: number;
  /** How many writes were asked for, done or not. */
  writes: number;
  close(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function read(kv: FakeKv, key: string, response: ServerResponse): void {
  kv.reads += 1;
  const values = kv.stale ?? kv.values;
  const value = values.get(key);
  if (kv.failWith !== null) response.writeHead(kv.failWith).end();
  // Without a key it is the list of them.
  else if (key === "")
    response.end(JSON.stringify({ keys: [...values.keys()].map((name) => ({ name })), list_complete: true }));
  else if (value === undefined) response.writeHead(404).end();
  else response.end(value);
}

async function write(kv: FakeKv, key: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  kv.writes += 1;
  const value = await bodyOf(request);
  if (kv.failWritesWith !== null) return void response.writeHead(kv.failWritesWith).end();
  if (request.method === "PUT") kv.values.set(key, value);
  else kv.values.delete(key);
  response.end();
}

/**
 * Starts the stand-in on 127.0.0.1. workerd asks `GET /<key>?urlencoded=true`, where 404 means that nothing is stored, and
 * writes by PUT and DELETE; a GET without a key lists (as miniflare's KV worker answers them).
 *
 * @param values the first contents
 */
export async function startKv(values: Iterable<readonly [key: string, value: string]>): Promise<FakeKv> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const key = decodeURIComponent(new URL(request.url ?? "/", "http://kv").pathname.slice(1));
    if (kv.delayMs > 0) await sleep(kv.delayMs);
    if (request.method === "GET") read(kv, key, response);
    else await write(kv, key, request, response);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const kv: FakeKv = {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    values: new Map(values),
    failWith: null,
    failWritesWith: null,
    delayMs: 0,
    stale: null,
    reads: 0,
    writes: 0,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return kv;
}
