import { describe, it } from "vitest";
import { scrubber, scrubText } from "../../../gateway/scrub.ts";

const KEY = "unit-test-key-0123456789";

/** Runs bytes through the scrubber, cut into chunks of one size. */
async function scrubbed(bytes: Uint8Array, size: number): Promise<Uint8Array> {
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
      controller.close();
    },
  });
  return new Response(stream.pipeThrough(scrubber([KEY]))).bytes();
}

describe("error bodies lose", () => {
  for (const [text, clean] of [
    [`Consumer 'api_key:${KEY}' is ${KEY}`, "Consumer 'api_key:[provider key]' is [provider key]"],
    ["Incorrect API key provided: sk-ab***wxyz.", "Incorrect API key provided: [provider key]."],
    ["key sk-proj-********************************abcd bad", "key [provider key] bad"],
    [
      "limit for gpt-5.4 in organization org-AbC123dEf on tokens",
      "limit for gpt-5.4 in organization [organization] on tokens",
    ],
    ["Project `proj_AbC123dEf` has no access", "Project `[project]` has no access"],
    ['"consumer": "projects/123456789012"', '"consumer": "projects/[project]"'],
    ["not been used in project 123456789012 before", "not been used in project [project] before"],
    ["project_number:123456789012", "project_number:[project]"],
    [
      "your organization (01234567-89ab-cdef-0123-456789abcdef)'s rate limit",
      "your organization ([organization])'s rate limit",
    ],
    ["01234567-89ab-cdef-0123-456789abcdef is your organization", "[organization] is your organization"],
  ] as const) {
    it(`${text.replaceAll(KEY, "KEY")} → ${clean}`, async ({ expect }) => {
      expect(scrubText(text, [KEY])).toBe(clean);
      const bytes = new TextEncoder().encode(`${"x ".repeat(600)}${text}${" y".repeat(600)}`);
      for (const size of [1, 7, 64, 511, 4_096]) {
        const found = new TextDecoder().decode(await scrubbed(bytes, size));
        expect(found).toBe(`${"x ".repeat(600)}${clean}${" y".repeat(600)}`);
      }
    });
  }
});

describe("error bodies keep", () => {
  for (const text of [
    "The model `gpt-9` does not exist",
    "organization is not allowed",
    "see projects/ for more; project 12 is fine",
    "request id 01234567-89ab-cdef-0123-456789abcdef",
    "use **bold** and a *** line",
    "max_tokens: 100000 > 8192",
  ]) {
    it(`the text: ${text.slice(0, 80)}`, async ({ expect }) => {
      expect(scrubText(text, [KEY])).toBe(text);
    });
  }

  it("bytes that are no text", async ({ expect }) => {
    const bytes = Uint8Array.from({ length: 4_096 }, (_, index) => (index * 7) & 0xff);
    for (const size of [1, 100, 4_096]) expect(await scrubbed(bytes, size)).toEqual(bytes);
  });
});
