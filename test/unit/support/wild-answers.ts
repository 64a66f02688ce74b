import * as fc from "fast-check";
import { BYTES } from "./wild-requests.ts";

/** An answer that a provider may give. */
export interface WildAnswer {
  status: number;
  statusText: string;
  headers: [name: string, value: string][];
  /** Null: an answer without a body. */
  chunks: Uint8Array<ArrayBuffer>[] | null;
}

const NULL_BODY = new Set([204, 205, 304]);
const STATUS = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(200, 201, 204, 206) },
  { weight: 1, arbitrary: fc.constantFrom(300, 302, 304, 307, 308) },
  { weight: 4, arbitrary: fc.integer({ min: 400, max: 599 }) },
);

function cut(bytes: Uint8Array<ArrayBuffer>, places: readonly number[]): Uint8Array<ArrayBuffer>[] {
  const cuts = [...new Set(places.map((place) => place % (bytes.length + 1)))].toSorted((one, other) => one - other);
  return [0, ...cuts].map((from, index) => bytes.slice(from, cuts[index] ?? bytes.length));
}

function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

const plant = (key: string, rest: string): string => rest.replaceAll("KEY", key);

/** Header lines; `KEY` stands for the provider key. */
const HEADER = fc.oneof(
  fc.tuple(fc.stringMatching(/^x-r-[a-z]{1,6}$/), fc.stringMatching(/^[!-~]{1,20}$/)),
  fc.constantFrom<[string, string]>(
    ["x-echo", "KEY"],
    ["x-echo", "before KEY after"],
    ["x-goog-upload-url", "https://generativelanguage.googleapis.com/upload?key=KEY&upload_id=1"],
    ["location", "/v1/files?key=KEY"],
    ["location", "https://elsewhere.example/?key=KEY"],
    ["location", "/download/x"],
    ["set-cookie", "k=KEY"],
    ["www-authenticate", 'Bearer realm="KEY"'],
    ["content-type", "application/json"],
    ["content-type", "text/event-stream"],
    ["content-encoding", "zstd"],
    ["x-request-id", "req_1"],
    ["retry-after", "1"],
  ),
);

/**
 * Answers with the provider key in any place, its body cut anywhere.
 *
 * @param key the provider key
 */
export function wildAnswers(key: string): fc.Arbitrary<WildAnswer> {
  const secret = new TextEncoder().encode(key) as Uint8Array<ArrayBuffer>;
  const piece = fc.oneof(BYTES, fc.constantFrom(secret, secret.slice(0, 7), secret.slice(3)));
  const body = fc
    .tuple(fc.array(piece, { maxLength: 4 }), fc.array(fc.nat({ max: 2_000 }), { maxLength: 6 }))
    .map(([pieces, places]) => cut(joined(pieces), places));
  return fc
    .record({
      status: STATUS,
      statusText: fc.constantFrom("", "OK", "Odd Reason", "Bad key KEY"),
      headers: fc.array(HEADER, { maxLength: 6 }),
      chunks: fc.option(body, { freq: 8 }),
    })
    .map(({ status, statusText, headers, chunks }) => ({
      status,
      statusText: plant(key, statusText),
      headers: headers.map(([name, value]) => [name, plant(key, value)]),
      chunks: NULL_BODY.has(status) ? null : chunks,
    }));
}

/** The body of an answer, one character for each byte. */
export function textOf({ chunks }: WildAnswer): string {
  return (chunks ?? []).map((chunk) => Array.from(chunk, (byte) => String.fromCharCode(byte)).join("")).join("");
}

/** The answer as fetch would give it. Made inside the request that reads it: a stream belongs to its request. */
export function responseOf({ status, statusText, headers, chunks }: WildAnswer): Response {
  const lines = new Headers();
  for (const [name, value] of headers) lines.append(name, value);
  const body =
    chunks === null
      ? null
      : new ReadableStream<Uint8Array>({
          start(controller) {
            for (const chunk of chunks) if (chunk.length > 0) controller.enqueue(chunk);
            controller.close();
          },
        });
  return new Response(body, { status, statusText, headers: lines, encodeBody: "manual" });
}
