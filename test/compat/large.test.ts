import { once } from "node:events";
import { request } from "node:http";
import type { Harness, Issued } from "../harness.ts";
import { growthWhile } from "./support/memory.ts";
import { test } from "./support/test.ts";

const MIB = 1024 * 1024;
const SIZE = 200;
/** Far below the size of the body, and far above what the sockets and their buffers take. */
const MOST_GROWTH = 64 * MIB;

/** Begins an upload; gives the address at which it goes on. */
async function begin(harness: Harness, { secret }: Issued): Promise<string> {
  const response = await fetch(`${harness.gatewayUrl}/upload/v1beta/files`, {
    method: "POST",
    headers: {
      "x-goog-api-key": secret,
      "x-goog-upload-protocol": "resumable",
      "x-goog-upload-command": "start",
      "x-goog-upload-header-content-length": String(SIZE * MIB),
    },
  });
  return response.headers.get("x-goog-upload-url") ?? "";
}

/** Sends 200 MiB as fast as they are taken, never holding more than one of them. */
async function upload(url: string): Promise<number> {
  const part = Buffer.alloc(MIB, "x");
  const sending = request(url, {
    method: "POST",
    headers: { "content-length": SIZE * MIB, "x-goog-upload-command": "upload", "x-goog-upload-offset": "0" },
  });
  for (let sent = 0; sent < SIZE; sent++) {
    if (!sending.write(part)) await once(sending, "drain");
  }
  sending.end();
  const [response] = await once(sending, "response");
  response.resume();
  await once(response, "end");
  return response.statusCode;
}

test("200 MiB go up, without a key on the second leg, and are never held", async ({ harness, token, expect }) => {
  const url = await begin(harness, token);
  let status = 0;
  const growth = await growthWhile(async () => {
    status = await upload(url);
  });
  expect(status).toBe(200);
  expect(harness.providers.gemini.recordings.at(-1)?.body.bytes).toBe(SIZE * MIB);
  expect(growth).toBeLessThan(MOST_GROWTH);
}, 60_000);

test("200 MiB come down, past a redirect, and are never held", async ({ harness, token, expect }) => {
  let bytes = 0;
  const growth = await growthWhile(async () => {
    const response = await fetch(`${harness.gatewayUrl}/v1beta/files/large${SIZE}:download?alt=media`, {
      headers: { "x-goog-api-key": token.secret, "accept-encoding": "identity" },
    });
    expect(response.redirected).toBe(true);
    for await (const chunk of response.body ?? []) bytes += chunk.length;
  });
  expect(bytes).toBe(SIZE * MIB);
  expect(growth).toBeLessThan(MOST_GROWTH);
}, 60_000);
