import { describe, it } from "vitest";
import { Replay, REPLAY_LIMIT } from "../../../gateway/replay.ts";

const BYTES = Uint8Array.from("the body", (character) => character.charCodeAt(0));
const streamed = (): ReadableStream<Uint8Array> => new Response("the body").body ?? new ReadableStream();
const withLength = (length: string | null): Headers =>
  new Headers(length === null ? undefined : { "content-length": length });
const read = (body: BodyInit | null): Promise<string> => new Response(body).text();

describe("a body that may have to be sent again", () => {
  it("is the same each time: none, bytes, a small stream", async ({ expect }) => {
    for (const [body, text] of [
      [null, ""],
      [BYTES, "the body"],
      [streamed(), "the body"],
    ] as const) {
      const replay = new Replay({ body, headers: withLength("8") });
      expect(replay.possible).toBe(true);
      for (const again of [true, true, true, false]) expect(await read(replay.next(again))).toBe(text);
    }
  });

  it("is given out as it is where nobody may want it again", async ({ expect }) => {
    const body = streamed();
    const replay = new Replay({ body, headers: withLength("8") });
    expect(replay.next(false)).toBe(body);
    replay.done();
    expect(await read(body)).toBe("the body");
  });

  for (const [name, length] of [
    ["too large", String(REPLAY_LIMIT + 1)],
    ["of no known size", null],
    ["of a size that is none", "8, 8"],
  ] as const) {
    it(`can't be kept where it is a stream ${name}`, ({ expect }) => {
      const body = streamed();
      const replay = new Replay({ body, headers: withLength(length) });
      expect(replay.possible).toBe(false);
      expect(replay.next(true)).toBe(body);
    });
  }

  it("is let go of when the request is over", async ({ expect }) => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const body = new ReadableStream<Uint8Array>({ cancel: () => resolve("cancelled") });
    const replay = new Replay({ body, headers: withLength("8") });
    const sent = replay.next(true);
    replay.done();
    await (sent instanceof ReadableStream ? sent.cancel() : null);
    expect(await promise).toBe("cancelled");
  });
});

describe("a body whose request failed", () => {
  const failing = (): ReadableStream<Uint8Array> =>
    new ReadableStream({
      start(controller) {
        controller.enqueue(BYTES);
        controller.error(new Error("Network connection lost."));
      },
    });
  const endless = (): ReadableStream<Uint8Array> =>
    new ReadableStream({ start: (controller) => controller.enqueue(BYTES) });

  for (const [name, body, length, again, isBrokenOff] of [
    ["was broken off where it ended before its length", streamed, "9", true, true],
    ["was broken off where it can't be read to its end", failing, "9", true, true],
    ["wasn't where it is whole", streamed, "8", true, false],
    ["wasn't where its client is still sending", endless, "9", true, false],
    ["isn't known to be where nobody wanted it again", streamed, "9", false, false],
    ["isn't known to be where it is too large to be kept", streamed, String(REPLAY_LIMIT + 1), true, false],
    ["isn't known to be where it has no known size", streamed, null, true, false],
    ["wasn't where it was read here", () => BYTES, null, true, false],
    ["wasn't where there is none", () => null, "9", true, false],
  ] as const) {
    it(`says whether it is the client's doing: it ${name}`, async ({ expect }) => {
      const replay = new Replay({ body: body(), headers: withLength(length) });
      replay.next(again);
      expect(await replay.isBrokenOff()).toBe(isBrokenOff);
      expect(await replay.isBrokenOff()).toBe(false);
      replay.done();
    });
  }
});
