import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A stand-in for Workers KV, in the dialect that workerd's `kvNamespace` binding speaks to its service. */
export interface FakeKv {
  /** `host:port` for a workerd `external` service. */
  address: string;
  /** What is stored; a test may change it at any time. */
  values: Map<string, string>;
  /** While it is set, every read is answered with this status: KV out of order. */
  failWith: number | null;
  /** How many reads there were. */
  reads: number;
  close(): Promise<void>;
}

const LIMIT = 1_000;

/** Answers what the admin alone asks for: keys in their order, a value to keep, a key to forget. */
async function change(kv: FakeKv, request: IncomingMessage, url: URL, key: string): Promise<string> {
  if (request.method === "DELETE") kv.values.delete(key);
  if (request.method === "PUT") kv.values.set(key, await text(request));
  if (key !== "" || request.method !== "GET") return "";
  const after = url.searchParams.get("cursor") ?? "";
  const most = Number(url.searchParams.get("key_count_limit") ?? LIMIT);
  const names = [...kv.values.keys()].filter((name) => name > after).toSorted();
  const isWhole = names.length <= most;
  const keys = names.slice(0, most).map((name) => ({ name }));
  return JSON.stringify({ keys, list_complete: isWhole, ...(!isWhole && { cursor: keys.at(-1)?.name }) });
}

/**
 * Starts the stand-in on 127.0.0.1. workerd asks `GET /<key>?urlencoded=true`; 404 means that nothing is stored (as
 * miniflare's KV worker answers it). `PUT` and `DELETE` of a key, and `GET /` for the list, are what the admin does.
 *
 * @param values the first contents
 */
export async function startKv(values: Iterable<readonly [key: string, value: string]>): Promise<FakeKv> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://kv");
    const key = decodeURIComponent(url.pathname.slice(1));
    const isRead = request.method === "GET" && key !== "";
    if (isRead) kv.reads += 1;
    const value = kv.values.get(key);
    if (kv.failWith !== null) response.writeHead(kv.failWith).end();
    else if (!isRead) void change(kv, request, url, key).then((answer) => response.end(answer));
    else if (value === undefined) response.writeHead(404).end();
    else response.end(value);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const kv: FakeKv = {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    values: new Map(values),
    failWith: null,
    reads: 0,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return kv;
}
