import { describe, it } from "vitest";
import { Tap } from "../../../../gateway/metering/tap.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

async function flowing(branch: ReadableStream<Uint8Array>): Promise<void> {
  const reader = branch.getReader();
  for (let over = false; !over;) over = (await reader.read()).done;
}

/** A branch of an answer that is on its way, and what a tap has taken of it so far. */
function tapped(): { tap: Tap; writer: WritableStreamDefaultWriter<Uint8Array>; taken: () => string } {
  const { readable, writable } = new IdentityTransformStream();
  const [first, second] = readable.tee();
  const pieces: string[] = [];
  // A piece may not be kept, so that it is read at once.
  const tap = new Tap(second, (bytes) => pieces.push(decoder.decode(bytes)));
  // As a client takes it: asking for all of it at once would hold back what has come.
  void flowing(first).catch(() => undefined);
  return { tap, writer: writable.getWriter(), taken: () => pieces.join("") };
}

/** What a tap takes of an answer that comes to its end. */
async function takenOf(text: string): Promise<string> {
  const { tap, writer, taken } = tapped();
  await writer.write(encoder.encode(text));
  await writer.close();
  await tap.end(true);
  return taken();
}

describe("a tap", () => {
  it("takes all of an answer, however long it is", async ({ expect }) => {
    for (const length of [0, 1, 65_535, 65_536, 65_537, 300_000]) {
      expect((await takenOf("x".repeat(length))).length).toBe(length);
    }
  });

  it("takes nothing but its own answer's bytes", async ({ expect }) => {
    const texts = ["a".repeat(100_000), "b", "", "c".repeat(70_000), "d".repeat(9)];
    for (const text of texts) expect(await takenOf(text)).toBe(text);
    expect(await Promise.all(texts.map(takenOf))).toEqual(texts);
  });

  it("takes what has come of an answer that is cut, and the next one is whole", async ({ expect }) => {
    for (const text of ["begun", "e".repeat(66_000)]) {
      const { tap, writer, taken } = tapped();
      await writer.write(encoder.encode("what has come"));
      await tap.end(false);
      expect(taken()).toBe("what has come");
      await writer.abort(new Error("cut"));
      expect(await takenOf(text)).toBe(text);
    }
  });

  it("takes what came before the provider broke off", async ({ expect }) => {
    const { tap, writer, taken } = tapped();
    await writer.write(encoder.encode("before"));
    tap.begin();
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await writer.abort(new Error("reset"));
    await tap.end(true);
    expect(taken()).toBe("before");
    expect(await takenOf("whole")).toBe("whole");
  });
});
