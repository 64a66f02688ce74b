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
