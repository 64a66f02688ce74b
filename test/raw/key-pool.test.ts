import { afterEach, beforeEach, describe, test } from "vitest";
import { type Raw, startRaw, viewOf } from "./compare.ts";
import type { Message } from "./message.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
const KEYS = ["raw-pool-key-1", "raw-pool-key-2", "raw-pool-key-3"];
// It says that the connection ends with it, as it does: the request that is sent again would run into its end.
const refused = (status: string): string[] => [
  `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{"error":{}}`,
];

let raw: Awaited<ReturnType<typeof startRaw>>;
beforeEach(async () => {
  raw = await startRaw(KEYS.join("\n"));
});
afterEach(() => raw.dispose());

const keyOf = (message: Message): string =>
  message.headers.find(([name]) => name.toLowerCase() === "authorization")?.[1] ?? "";

/** A message without its key. */
const withoutKey = (message: Message): unknown =>
  viewOf({ ...message, headers: message.headers.filter(([name]) => name.toLowerCase() !== "authorization") });

/** What was sent upstream for one request. */
async function sentFor(wanted: Parameters<Raw["through"]>[0]): Promise<Message[]> {
  const { got } = await raw.through(wanted);
  return got.start === "HTTP/1.1 200 OK" ? raw.upstream.requests : [];
}

describe("a request that goes on with the next key", () => {
  test("is the same one but for the key, with the length that its client told", async ({ expect }) => {
    raw.upstream.first = [refused("401 Unauthorized"), refused("429 Too Many Requests")];
    const body = Buffer.from(`{"input":"${"x".repeat(200_000)}"}`);
    const headers = ["Content-Type: application/json", `Content-Length: ${body.length}`, "X-Latin: caf\xe9"];
    const sent = await sentFor({ line: "POST //v1/responses?q=%zz&'=|", headers, body, answer: [OK] });
    expect(sent).toHaveLength(3);
    expect(sent.every((message) => message.body.equals(body))).toBe(true);
    const [first, ...others] = sent.map(withoutKey);
    expect(others).toEqual([first, first]);
    expect(first).toMatchObject({ headers: { "content-length": String(body.length) } });
    expect(sent.map(keyOf).toSorted()).toEqual(KEYS.map((key) => `Bearer ${key}`));
  });

  test("is one in chunks only the next time", async ({ expect }) => {
    raw.upstream.first = [refused("429 Too Many Requests")];
    const wanted = {
      headers: ["Transfer-Encoding: chunked"],
      body: Buffer.from("2\r\n{}\r\n0\r\n\r\n"),
      answer: [OK],
    };
    const { got, seen } = await raw.through(wanted);
    expect(got.start).toBe("HTTP/1.1 429 Too Many Requests");
    const [next] = await sentFor(wanted);
    expect(next?.body.toString()).toBe("{}");
    expect(next === undefined || seen === undefined || keyOf(next) === keyOf(seen)).toBe(false);
  });
});
