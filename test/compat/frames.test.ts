import { setTimeout as pause } from "node:timers/promises";
import { describe } from "vitest";
import { type Harness, type Issued, KEYS } from "../harness.ts";
import { dial, type Raw } from "./support/raw-sockets.ts";
import type { Line } from "./support/talk.ts";
import { test } from "./support/test.ts";

interface Given {
  harness: Harness;
  token: Issued;
}

const directOf = ({ harness }: Given) => ({ url: harness.providers.openai.url, key: KEYS.openai });
const throughOf = ({ harness, token }: Given) => ({ url: harness.gatewayUrl, key: token.secret });
const lastOf = ({ harness }: Given) => harness.providers.openai.recordings.at(-1);

/** One run: what the client noticed, and what the provider did. */
interface Run {
  lines: Line[];
  received: unknown;
  closing: unknown;
}

async function run(given: Given, raw: Raw, act: (raw: Raw) => void | Promise<void>): Promise<Run> {
  await raw.opened;
  await act(raw);
  const lines = await raw.lines;
  const recording = lastOf(given);
  await recording?.closed;
  const { received, closing } = recording?.socket ?? {};
  return {
    lines,
    received: received?.map(({ data, binary }) => [data, binary]),
    closing: closing && [closing.code, closing.reason],
  };
}

/** What people do with a socket, and what the fake provider does. */
const CASES: { name: string; model: string; act: (raw: Raw) => void | Promise<void> }[] = [
  {
    name: "text and bytes come back as they were, in their order",
    model: "fake-echo",
    async act({ socket, talk }) {
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
      for (let index = 0; index < 40; index++) {
        socket.send(`grüße ${index} 🐈 \u0000`);
        socket.send(bytes.subarray(index));
      }
      socket.send("");
      socket.send(Buffer.alloc(0));
      while (talk.lines.length < 82) await pause(5);
      socket.close(1000, "done");
    },
  },
  {
    name: "large frames",
    model: "fake-frame-9000000",
    async act({ socket, talk }) {
      while (talk.lines.length < 2) await pause(5);
      socket.close(1000);
    },
  },
  {
    name: "frames on the way down when the client closes",
    model: "fake-echo",
    act({ socket }) {
      socket.send("burst 2000");
      socket.close(4009, "leaving");
    },
  },
  {
    name: "frames on the way up when the provider closes",
    model: "fake-echo",
    act({ socket }) {
      socket.send("close 4010 enough");
      for (let index = 0; index < 100; index++) socket.send(`late ${index}`);
    },
  },
  { name: "a close without a code", model: "fake-echo", act: ({ socket }) => socket.close() },
  {
    name: "a close with the longest reason",
    model: "fake-echo",
    act: ({ socket }) => socket.close(4999, "é".repeat(61)),
  },
  ...[1000, 1001, 1005, 1007, 1008, 1011, 3000, 4001].map((code) => ({
    name: `the provider closes with ${code}`,
    model: `fake-close-${code}`,
    act: () => undefined,
  })),
];

describe("frames and closes are the same both ways", () => {
  for (const { name, model, act } of CASES) {
    test(`same: ${name}`, async ({ harness, token, expect }) => {
      const given = { harness, token };
      const direct = await run(given, dial(directOf(given), model), act);
      const through = await run(given, dial(throughOf(given), model), act);
      expect(direct.lines.at(-1)?.[0]).toBe("close");
      expect(through).toEqual(direct);
    });
  }
});

describe("what a close frame can't say", () => {
  test("a provider whose connection breaks: 1011, after which clients try again", async ({
    harness,
    token,
    expect,
  }) => {
    const given = { harness, token };
    const { lines } = await run(given, dial(throughOf(given), "fake-reset-midstream"), () => undefined);
    expect(lines).toEqual([["close", 1011, "The connection to the provider was lost."]]);
  });

  test("a client whose connection breaks: the provider's socket is closed", async ({ harness, token, expect }) => {
    const given = { harness, token };
    const { closing } = await run(given, dial(throughOf(given), "fake-never-ends"), async ({ socket, talk }) => {
      while (talk.lines.length < 3) await pause(5);
      socket.terminate();
    });
    expect(closing).toEqual([1001, ""]);
  });
});

test("the provider key is in no frame and no close reason", async ({ harness, token, expect }) => {
  const given = { harness, token };
  const direct = await run(given, dial(directOf(given), "fake-key-in-frame"), () => undefined);
  expect(JSON.stringify(direct.lines)).toContain(KEYS.openai);
  const { lines } = await run(given, dial(throughOf(given), "fake-key-in-frame"), () => undefined);
  const [text, bytes, close] = lines;
  expect(JSON.stringify(text)).toContain("Consumer 'api_key:[provider key]' and [provider key].");
  const shown = Buffer.from(String(bytes?.[1]), "base64");
  expect(shown).toEqual(
    Buffer.concat([Buffer.from([0, 255, 128]), Buffer.from("[provider key]|[provider key]"), Buffer.from([200, 0])]),
  );
  expect(close).toEqual(["close", 4003, "api_key:[provider key] has been suspended"]);
  expect(JSON.stringify(lines)).not.toContain(KEYS.openai);
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
