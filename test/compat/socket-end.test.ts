import { connect } from "node:net";
import { describe } from "vitest";
import type { Harness } from "../harness.ts";
import { dial, lastOf, throughOf } from "./support/raw-sockets.ts";
import { test } from "./support/test.ts";

test("a client that leaves before the handshake is answered ends the provider's", async ({
  harness,
  token,
  expect,
}) => {
  const given = { harness, token };
  const before = harness.providers.openai.recordings.length;
  const { hostname, port, host } = new URL(harness.gatewayUrl);
  const socket = connect(Number(port), hostname);
  const lines = [
    "GET /v1/realtime?model=fake-slow-first-byte-9000 HTTP/1.1",
    `host: ${host}`,
    `authorization: Bearer ${token.secret}`,
    "connection: Upgrade",
    "upgrade: websocket",
    "sec-websocket-version: 13",
    "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==",
  ];
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  await expect.poll(() => harness.providers.openai.recordings.length).toBe(before + 1);
  const recording = lastOf(given);
  const from = performance.now();
  // A mere FIN may be a client that still listens.
  socket.resetAndDestroy();
  await recording?.closed;
  expect(performance.now() - from).toBeLessThan(2_000);
  expect(recording?.status).toBeNull();
});

/** The promise on open sockets, and what a loaded machine may add. */
const PROMISE_MS = 5_000;

describe("an owner's action ends an open socket within 5 seconds", () => {
  for (const [name, act] of [
    ["disable", ({ admin }: Harness, id: string) => admin.edit(id, { status: "disabled" })],
    ["delete", ({ admin }: Harness, id: string) => admin.remove(id)],
    ["rotate", ({ admin }: Harness, id: string) => admin.rotate(id)],
  ] as const) {
    test(`by: ${name}`, async ({ harness, token, expect }) => {
      const issued = await harness.admin.issue();
      const other = dial(throughOf({ harness, token }), "fake-never-ends");
      await other.opened;
      const raw = dial({ url: harness.gatewayUrl, key: issued.secret }, "fake-never-ends");
      await raw.opened;
      const recording = lastOf({ harness, token });
      await act(harness, issued.id);
      const from = performance.now();
      const lines = await raw.lines;
      expect(performance.now() - from).toBeLessThan(PROMISE_MS);
      expect(lines.at(-1)).toEqual(["close", 1008, expect.stringContaining("This token is not valid here.")]);
      expect(JSON.stringify(lines.at(-2))).toContain("invalid_api_key");
      await recording?.closed;
      expect(recording?.socket?.closing?.code).toBe(1000);
      // Someone else's socket goes on.
      const { length } = other.talk.lines;
      await expect.poll(() => other.talk.lines.length).toBeGreaterThan(length);
      other.socket.close();
      await other.lines;
    });
  }

  test("an expiry too", async ({ harness, expect }) => {
    const issued = await harness.admin.issue({ expiresAt: new Date(Date.now() + 1_500) });
    const lines = await dial({ url: harness.gatewayUrl, key: issued.secret }, "fake-never-ends").lines;
    expect(lines.at(-1)).toEqual(["close", 1008, expect.stringMatching(/^This token expired on /)]);
    expect(lines.length).toBeGreaterThan(3);
  });
});
