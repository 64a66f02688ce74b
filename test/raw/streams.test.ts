import { describe } from "vitest";
import { test, viewOf } from "./compare.ts";
import { PAUSE_MS } from "./wire.ts";

const HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n";
const framed = (text: string): Buffer => {
  const body = Buffer.from(text);
  return Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from("\r\n")]);
};
const LAST = "0\r\n\r\n";

const STREAMS: Record<string, readonly string[]> = {
  "ends of lines that are CRLF": ['data: {"a":1}\r\n\r\n', 'data: {"a":2}\r\n\r\n'],
  "ends of lines that are CR": ["data: 1\r\r", "data: 2\r\r"],
  "comments and no [DONE]": [": ping\n\n", 'data: {"a":1}\n\n', ":\n\n"],
  "a mark at the beginning and other fields": ["\ufeffid: 1\nretry: 10\nevent: e\n", "data: x\ndata: y\n\n"],
  "events cut anywhere, also within a character": ["data: caf", "é 日", "本\n", "\n"],
  "an event that never ends": ["data: {"],
};

describe("a stream is the same through the gateway as without it", () => {
  for (const [name, events] of Object.entries(STREAMS)) {
    test(`with ${name}`, async ({ raw, expect }) => {
      const { direct, through } = await raw.both({ answer: [HEAD, ...events.map(framed), LAST] });
      expect(through.got.start).toBe("HTTP/1.1 200 OK");
      expect(through.got.body.toString()).toBe(events.join(""));
      expect(viewOf(through.got)).toEqual(viewOf(direct.got));
    });
  }

  test("with a character cut in two", async ({ raw, expect }) => {
    const bytes = Buffer.from("data: é\n\n");
    const pieces = [bytes.subarray(0, 7), bytes.subarray(7)].map((piece) =>
      Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n")]),
    );
    const { through } = await raw.both({ answer: [HEAD, ...pieces, LAST] });
    expect(through.got.body).toEqual(bytes);
  });

  test("in time: each event when it was sent, not when the last one was", async ({ raw, expect }) => {
    const events = Array.from({ length: 5 }, (_, index) => framed(`data: ${index}\n\n`));
    const { through } = await raw.both({ answer: [HEAD, ...events, LAST] });
    const [first = Infinity] = through.got.arrivals;
    const last = through.got.arrivals.at(-1) ?? 0;
    // Six pauses lie between the head and the end; a gateway that held events back would spread nothing.
    expect(last - first).toBeGreaterThan(3 * PAUSE_MS);
    expect(through.got.arrivals.length).toBeGreaterThanOrEqual(events.length);
  });
});
