import { describe } from "vitest";
import type { Recording } from "../fake-provider/index.ts";
import type { Harness, Issued } from "../harness.ts";
import { STREAMINGS, type Streaming } from "./support/streams.ts";
import { test } from "./support/test.ts";

/** 8 pieces, 150 ms apart. */
const SLOW = "fake-slow-stream-8x150";
const PIECES = 8;
/** How soon the provider must know that the client has left. */
const ABORT_MS = 2_000;

function wayThrough(harness: Harness, token: Issued): { url: string; key: string } {
  return { url: harness.gatewayUrl, key: token.secret };
}

/** The recording of the request that holds this prompt: other streams run at the same time. */
function recordingOf(harness: Harness, { provider }: Streaming, prompt: string): Recording {
  const found = harness.providers[provider].recordings.find(({ body }) => body.kept.includes(prompt));
  if (found === undefined) throw new Error("The provider never saw the request.");
  return found;
}

async function within(ms: number, work: Promise<void>): Promise<"in time" | "too late"> {
  const { promise, resolve } = Promise.withResolvers<"too late">();
  const timer = setTimeout(() => resolve("too late"), ms);
  try {
    return await Promise.race([work.then(() => "in time" as const), promise]);
  } finally {
    clearTimeout(timer);
  }
}

// Side by side: they mostly wait, and a stream that holds back another one would show too.
describe.concurrent("each piece arrives before the provider sends the one after the next", () => {
  for (const streaming of STREAMINGS) {
    test(streaming.name, async ({ harness, token, expect }) => {
      const prompt = `in time, ${streaming.name}`;
      const signal = new AbortController().signal;
      const received: number[] = [];
      for await (const piece of streaming.pieces(wayThrough(harness, token), { model: SLOW, prompt, signal })) {
        expect(piece).toBe(` word${received.length + 1}`);
        received.push(performance.now());
      }
      const sent = recordingOf(harness, streaming, prompt).sent.filter(({ piece }) => piece);
      expect(received).toHaveLength(PIECES);
      expect(sent).toHaveLength(PIECES);
      const late = received.filter((at, index) => at >= (sent[index + 2]?.at ?? Infinity));
      expect(late).toEqual([]);
    });
  }
});

describe.concurrent("a client that leaves in mid-stream ends the provider's work", () => {
  for (const streaming of STREAMINGS) {
    test(streaming.name, async ({ harness, token, expect }) => {
      const prompt = `never ending, ${streaming.name}`;
      const leave = new AbortController();
      const asked = { model: "fake-never-ends", prompt, signal: leave.signal };
      let pieces = 0;
      const reading = (async () => {
        for await (const piece of streaming.pieces(wayThrough(harness, token), asked)) {
          pieces += piece.length > 0 ? 1 : 0;
          if (pieces === 5) leave.abort();
        }
      })();
      // Some SDKs throw on an abort, others just end.
      await reading.catch(() => undefined);
      const leftAt = performance.now();
      const recording = recordingOf(harness, streaming, prompt);
      expect(await within(ABORT_MS, recording.closed)).toBe("in time");
      expect(recording.abortedAt).not.toBeNull();
      expect((recording.abortedAt ?? Infinity) - leftAt).toBeLessThan(ABORT_MS);
      expect(pieces).toBeGreaterThanOrEqual(5);
    });
  }
});
