import * as fc from "fast-check";
import { describe, it } from "vitest";
import { withoutUsage } from "../../../../gateway/metering/surgery.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Sends bytes through in pieces of these lengths, over and over. */
async function through(bytes: Uint8Array, sizes: readonly number[]): Promise<{ pieces: string[]; seen: Uint8Array }> {
  const seen: number[] = [];
  const { readable, writable } = withoutUsage((chunk) => void seen.push(...chunk));
  const write = async (): Promise<void> => {
    const writer = writable.getWriter();
    for (let at = 0, turn = 0; at < bytes.length; turn++) {
      const size = sizes[turn % sizes.length] ?? 1;
      await writer.write(bytes.slice(at, at + size));
      at += size;
    }
    await writer.close();
  };
  const written = write();
  const pieces: number[][] = [];
  for await (const piece of readable) pieces.push([...piece]);
  await written;
  // Joined before it is read: a character may be cut in two.
  return { pieces: [decoder.decode(new Uint8Array(pieces.flat()))], seen: new Uint8Array(seen) };
}

const cleaned = async (text: string, sizes: readonly number[] = [1_000_000]): Promise<string> =>
  (await through(encoder.encode(text), sizes)).pieces.join("");

const USAGE = { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11, prompt_tokens_details: { cached_tokens: 0 } };
const chunk = (content: string, usage: object): object => ({
  id: "chatcmpl-1",
  choices: [{ index: 0, delta: { content }, finish_reason: null }],
  ...usage,
  obfuscation: "x",
});

describe("what is taken out", () => {
  it("is the usage's own event, and the usage of the others, and nothing else", async ({ expect }) => {
    const asked = [
      `data: ${JSON.stringify(chunk("a", { usage: null }))}\n\n`,
      ": a comment\n\n",
      `data: ${JSON.stringify({ id: "chatcmpl-1", choices: [], usage: USAGE })}\n\n`,
      "data: [DONE]\n\n",
    ];
    const plain = [`data: ${JSON.stringify(chunk("a", {}))}\n\n`, ": a comment\n\n", "data: [DONE]\n\n"];
    expect(await cleaned(asked.join(""))).toBe(plain.join(""));
  });

  for (const [name, sent, expected] of [
    ["spaces", 'data: { "a": 1, "usage" : null , "b": 2 }\n\n', 'data: { "a": 1, "b": 2 }\n\n'],
    ["the first field", 'data: {"usage":null, "a":1}\n\n', 'data: {"a":1}\n\n'],
    ["the last field", 'data: {"a":1,"usage":null}\n\n', 'data: {"a":1}\n\n'],
    ["the only field", 'data: {"usage":null}\n\n', "data: {}\n\n"],
    ["no space behind data", 'data:{"a":1,"usage":null}\n\n', 'data:{"a":1}\n\n'],
    [
      "sums so far beside words",
      'data: {"choices":[{}],"usage":{"a":[1,"}"]},"z":1}\n\n',
      'data: {"choices":[{}],"z":1}\n\n',
    ],
    ["an empty list of choices without usage", 'data: {"choices":[],"usage":null}\n\n', 'data: {"choices":[]}\n\n'],
    ["lines that end in CRLF", 'data: {"choices":[],"usage":{}}\r\n\r\ndata: [DONE]\r\n\r\n', "data: [DONE]\r\n\r\n"],
    [
      "more empty lines than needed",
      '\n\n\ndata: {"choices":[],"usage":{}}\n\n\ndata: [DONE]\n\n',
      "\n\n\n\ndata: [DONE]\n\n",
    ],
    ["no empty line at the end", 'data: {"choices":[],"usage":{"prompt_tokens":1}}', ""],
    ["an event of more lines", 'id: 1\ndata: {"choices":[],"usage":{}}\n\ndata: [DONE]\n\n', "data: [DONE]\n\n"],
  ] as const) {
    it(`with ${name}`, async ({ expect }) => {
      for (const sizes of [[1], [2, 3], [100_000]]) expect(await cleaned(sent, sizes)).toBe(expected);
    });
  }
});

describe("what stays", () => {
  for (const [name, text] of [
    ["words about usage", `data: ${JSON.stringify(chunk('"usage":null,', {}))}\n\n`],
    ["a usage further in", 'data: {"choices":[{"usage":null}],"x":{"usage":{}}}\n\n'],
    ["what is no JSON", 'data: {"usage":null\n\ndata: "usage":null\n\n"usage":null'],
    ["an event that broke off", `data: ${JSON.stringify(chunk("a", {})).slice(0, 40)}`],
    ["an error of the gateway's", 'data: {"a"\n\nevent: error\ndata: {"type":"error","error":{"message":"usage"}}\n\n'],
    ["nothing", ""],
  ] as const) {
    it(`stays: ${name}`, async ({ expect }) => {
      expect(await cleaned(text, [5])).toBe(text);
    });
  }

  it("an event longer than any is passed on", async ({ expect }) => {
    const text = `data: ${"x".repeat(1_200_000)}\n\ndata: {"a":1,"usage":null}\n\n`;
    expect(await cleaned(text, [64_000])).toBe(text.replace(',"usage":null', ""));
  });
});

/** A stream, as it is with usage asked for, and as it is without. */
const streams = fc
  .record({
    border: fc.constantFrom("\n\n", "\r\n\r\n"),
    space: fc.constantFrom("", " "),
    texts: fc.array(fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom('"usage":null', "\\", '\\"', "{}[]")), {
      maxLength: 8,
    }),
    comments: fc.boolean(),
    hasUsage: fc.boolean(),
    done: fc.boolean(),
  })
  .map(({ border, space, texts, comments, hasUsage, done }) => {
    const event = (value: unknown): string => `data:${space}${JSON.stringify(value)}${border}`;
    const between = comments ? `: OPENROUTER PROCESSING${border}` : "";
    const end = done ? `data:${space}[DONE]${border}` : "";
    const own = hasUsage ? event({ id: "c", choices: [], usage: USAGE, service_tier: "default" }) : "";
    const all = (usage: object): string => texts.map((text) => event(chunk(text, usage)) + between).join("");
    return { asked: all({ usage: null }) + own + end, plain: all({}) + end };
  });

describe("the client", () => {
  it("sees the stream that it would have seen, however it is cut into pieces", async ({ expect }) => {
    const sizes = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 12 });
    const property = fc.asyncProperty(streams, sizes, async ({ asked, plain }, lengths) => {
      const bytes = encoder.encode(asked);
      const { pieces, seen } = await through(bytes, lengths);
      expect(pieces.join("")).toBe(plain);
      expect(seen).toEqual(bytes);
    });
    await fc.assert(property, { numRuns: 200 });
  }, 20_000);

  it("waits for no later event", async ({ expect }) => {
    const { readable, writable } = withoutUsage(() => undefined);
    const writer = writable.getWriter();
    const reader = readable.getReader();
    for (const text of ["one", "two"]) {
      const asked = `data: ${JSON.stringify(chunk(text, { usage: null }))}\n\n`;
      const written = writer.write(encoder.encode(asked));
      let got = "";
      while (!got.endsWith("\n\n")) got += decoder.decode((await reader.read()).value);
      expect(got).toBe(`data: ${JSON.stringify(chunk(text, {}))}\n\n`);
      await written;
    }
  });
});
