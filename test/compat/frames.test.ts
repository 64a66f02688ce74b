import { setTimeout as pause } from "node:timers/promises";
import { describe } from "vitest";
import { KEYS } from "../harness.ts";
import { dial, directOf, type Raw, run, throughOf } from "./support/raw-sockets.ts";
import { test } from "./support/test.ts";

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
