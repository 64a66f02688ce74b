import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

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

/**
 * Starts the stand-in on 127.0.0.1. workerd asks `GET /<key>?urlencoded=true`; 404 means that nothing is stored (as
 * miniflare's KV worker answers it). The gateway only reads, so nothing else is answered.
 *
 * @param values the first contents
 */
export async function startKv(values: Iterable<readonly [key: string, value: string]>): Promise<FakeKv> {
  const server = createServer((request, response) => {
    kv.reads += 1;
    const key = decodeURIComponent(new URL(request.url ?? "/", "http://kv").pathname.slice(1));
    const value = kv.values.get(key);
    if (kv.failWith !== null) response.writeHead(kv.failWith).end();
    else if (request.method !== "GET") response.writeHead(405).end();
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
