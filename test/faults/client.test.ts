import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, type ExpectStatic } from "vitest";
import type { NewLimits } from "../harness.ts";
import type { Recording } from "../fake-provider/index.ts";
import { chat } from "./support/ask.ts";
import { booksOf, heldOf, usedOf } from "./support/books.ts";
import { fault } from "./support/fault.ts";
import { startWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.dispose());

const LIMITS: NewLimits = { budgets: [{ tokens: 1_000_000, per: "day" }], concurrency: 1, queueSeconds: 20 };

/** A client that can leave at any moment. */
interface Leaver {
  /** What came so far. */
  got(): string;
  /** Sends so much of its body: all, where nothing is said. */
  send(bytes?: number): void;
  /** Resets the connection, as a process that ends does. */
  leave(): void;
}

function clientOf(secret: string, model: string, stream: boolean): Leaver {
  const body = JSON.stringify({
    model,
    stream,
    max_tokens: 50,
    messages: [{ role: "user", content: "h".repeat(400) }],
  });
  const socket: Socket = connect({ host: "127.0.0.1", port: Number(new URL(world.gatewayUrl).port), noDelay: true });
  // It leaves on purpose.
  socket.on("error", () => undefined);
  let got = "";
  socket.on("data", (bytes) => (got += bytes.toString()));
  const head = [
    "POST /v1/chat/completions HTTP/1.1",
    "Host: gateway",
    `Authorization: Bearer ${secret}`,
    "Content-Type: application/json",
    `Content-Length: ${body.length}`,
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n`);
  return {
    got: () => got,
    send: (bytes) => void socket.write(body.slice(0, bytes)),
    leave: () => void socket.resetAndDestroy(),
  };
}

const recordings = (): Recording[] => world.provider.recordings;

/** The provider's side of the next request that it gets. */
async function nextRecording(expect: ExpectStatic, before: number): Promise<Recording> {
  await expect.poll(() => recordings().length, { timeout: 5_000, interval: 20 }).toBeGreaterThan(before);
  const recording = recordings()[before];
  if (recording === undefined) throw new Error("The provider wasn't asked.");
  return recording;
}

/** Lets a client leave, and expects that the provider is told at once. */
async function expectNoticed(expect: ExpectStatic, client: Leaver, recording: Recording): Promise<void> {
  client.leave();
  const leftAt = performance.now();
  await recording.closed;
  expect((recording.abortedAt ?? Infinity) - leftAt).toBeLessThan(2_000);
}

/** Expects that a token works as before: nothing of it is held. */
async function expectFree(expect: ExpectStatic, { id, secret }: { id: string; secret: string }): Promise<void> {
  await expect.poll(async () => heldOf(await world.books(id)), { timeout: 10_000, interval: 100 }).toBe(0);
  expect(await chat(world, secret)).toMatchObject({ status: 200, code: null });
}

fault(
  "client gone before its body's end, token with limits",
  "the provider isn't asked, and nothing is held or used",
  async ({ expect }) => {
    const token = await world.admin.issue({ limits: LIMITS });
    const before = recordings().length;
    const client = clientOf(token.secret, "gpt-4.1-mini", false);
    client.send(100);
    await new Promise((resolve) => setTimeout(resolve, 300));
    client.leave();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(recordings()).toHaveLength(before);
    expect(usedOf(await world.books(token.id))).toBe(0);
    await expectFree(expect, token);
  },
);

fault(
  "client gone before its body's end, token without limits",
  "the provider, which has the beginning, loses it at once; it is logged as the client's leaving",
  async ({ expect }) => {
    const token = await world.admin.issue();
    const before = recordings().length;
    const client = clientOf(token.secret, "gpt-4.1-mini", false);
    client.send(100);
    const recording = await nextRecording(expect, before);
    client.leave();
    await recording.closed;
    const { entries } = await booksOf(expect, world, token.id, 1);
    expect(entries).toMatchObject([{ status: 499, code: "client_gone", error: "clientGone" }]);
    expect(recording.status).toBe(null);
    await expectFree(expect, token);
  },
);

fault(
  "client gone while it waits in the queue",
  "its turn goes to the next one, and the provider never hears of it",
  async ({ expect }) => {
    const token = await world.admin.issue({ limits: LIMITS });
    const running = chat(world, token.secret, "fake-slow-stream-12x50", { stream: true });
    await expect.poll(async () => (await world.books(token.id)).standing?.concurrency?.running).toBe(1);
    const before = recordings().length;
    const client = clientOf(token.secret, "gpt-4.1-mini", false);
    client.send();
    await expect.poll(async () => (await world.books(token.id)).standing?.concurrency?.waiting).toBe(1);
    client.leave();
    expect((await running).text).toContain("[DONE]");
    const { entries } = await booksOf(expect, world, token.id, 2);
    expect(entries.filter(({ code }) => code === "client_gone")).toMatchObject([{ status: 499, counts: null }]);
    expect(recordings()).toHaveLength(before);
    await expectFree(expect, token);
  },
);

fault(
  "client gone before the first byte",
  "the provider is told at once; what it may have done counts as an estimate",
  async ({ expect }) => {
    for (const more of [{ limits: LIMITS }, {}]) {
      const token = await world.admin.issue(more);
      const before = recordings().length;
      const client = clientOf(token.secret, "fake-slow-first-byte-20000", true);
      client.send();
      const recording = await nextRecording(expect, before);
      await expect.poll(() => recording.body.bytes).toBeGreaterThan(400);
      await expectNoticed(expect, client, recording);
      const { entries } = await booksOf(expect, world, token.id, 1);
      expect(entries).toMatchObject([{ status: 499, code: "client_gone", estimated: true }]);
      expect(entries[0]?.counts?.input).toBeGreaterThan(50);
      await expectFree(expect, token);
    }
  },
);

fault(
  "client gone in mid-stream",
  "the provider is told at once; what came counts as an estimate",
  async ({ expect }) => {
    const token = await world.admin.issue({ limits: LIMITS });
    const before = recordings().length;
    const client = clientOf(token.secret, "fake-never-ends", true);
    client.send();
    const recording = await nextRecording(expect, before);
    await expect.poll(() => client.got().split("word2").length, { timeout: 5_000, interval: 20 }).toBeGreaterThan(3);
    await expectNoticed(expect, client, recording);
    const { entries } = await booksOf(expect, world, token.id, 1);
    expect(entries).toMatchObject([{ status: 200, code: "client_gone", error: "clientGone", estimated: true }]);
    expect(entries[0]?.counts?.output).toBeGreaterThan(3);
    await expectFree(expect, token);
  },
);

fault(
  "client gone while a short answer comes",
  "the provider is told at once; what it did counts as an estimate",
  async ({ expect }) => {
    for (const more of [{ limits: LIMITS }, {}]) {
      const token = await world.admin.issue(more);
      const before = recordings().length;
      const client = clientOf(token.secret, "fake-never-ends", false);
      client.send();
      const recording = await nextRecording(expect, before);
      await expect.poll(() => recording.sent.length, { timeout: 5_000, interval: 20 }).toBe(1);
      await expectNoticed(expect, client, recording);
      const { entries } = await booksOf(expect, world, token.id, 1);
      expect(entries).toMatchObject([{ status: 499, code: "client_gone", error: "clientGone", estimated: true }]);
      expect(entries[0]?.counts?.output).toBeGreaterThan(0);
      await expectFree(expect, token);
    }
  },
);

fault("client gone right after the answer", "it is counted exactly", async ({ expect }) => {
  const token = await world.admin.issue({ limits: LIMITS });
  for (const [index, stream] of [false, true].entries()) {
    const client = clientOf(token.secret, "fake-usage-100-20", stream);
    client.send();
    await expect.poll(() => client.got(), { timeout: 5_000, interval: 5 }).toMatch(stream ? /\[DONE\]/ : /"usage"/);
    client.leave();
    const { entries } = await booksOf(expect, world, token.id, index + 1);
    expect(entries[0]).toMatchObject({ status: 200, estimated: false, counts: { input: 100, output: 20 } });
  }
  await expectFree(expect, token);
});
