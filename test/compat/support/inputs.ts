/** A small conversation, in letters that take one, two and four bytes. */
export const MESSAGES = [{ role: "user" as const, content: "hello gate, grüße 🐈" }];

/** A tool for OpenAI's chat. */
export const TOOLS = [
  {
    type: "function" as const,
    function: { name: "look_up", parameters: { type: "object", properties: { echo: { type: "string" } } } },
  },
];

/** 1 MiB of words. */
export const LARGE = "gate ".repeat((1024 * 1024) / 5);

/**
 * Reads a stream to its end.
 *
 * @param into takes the parts, for a caller that expects the stream to fail
 */
export async function collect<Part>(stream: AsyncIterable<Part>, into: Part[] = []): Promise<Part[]> {
  for await (const part of stream) into.push(part);
  return into;
}
