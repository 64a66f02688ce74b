import { plainBody } from "../codings.ts";
import { Refused } from "../refusals.ts";

/** The largest body that is read whole, in bytes. An isolate has 128 MB for all its requests; providers take 32 MB at most. */
export const LARGEST_BODY = 32 * 1024 * 1024;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const tooLarge = (): Refused => new Refused({ code: "request_too_large", limitBytes: LARGEST_BODY });
const unreadable = (problem: string): Refused => new Refused({ code: "unreadable_request", problem });

/**
 * Refuses a body that its client broke off, or whose chunks aren't as RFC 9112 §7.1 has them. The runtime has one error for
 * both, "Network connection lost.", and the same one for a provider's connection: it is told by where it was thrown, never
 * by its words.
 *
 * @param error that reading the client's body threw
 * @throws Refused `unreadable_request`, or the refusal that was thrown
 */
export function refuseBrokenOff(error: unknown): never {
  if (error instanceof Refused) throw error;
  throw unreadable("The body ended too soon, or one of its chunks is malformed. Send it again, whole.");
}

async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    // Counted, not taken from `content-length`: a compressed body may become a thousand times as long.
    if (length > LARGEST_BODY) throw tooLarge();
    chunks.push(chunk);
  }
  const whole = new Uint8Array(length);
  let filled = 0;
  for (const chunk of chunks) {
    whole.set(chunk, filled);
    filled += chunk.length;
  }
  return whole;
}

/**
 * Reads a request's body to its end.
 *
 * @returns its bytes as they came
 * @throws Refused `request_too_large`, `unreadable_request` where its client broke it off
 */
export async function readBytes(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  const { body, headers } = request;
  const length = headers.get("content-length");
  if (Number(length ?? 0) > LARGEST_BODY) throw tooLarge();
  if (body === null) return new Uint8Array();
  try {
    // Of a known length, which the runtime holds the client to, it is read natively and in one piece.
    return length === null ? await collect(body) : new Uint8Array(await request.arrayBuffer());
  } catch (error) {
    return refuseBrokenOff(error);
  }
}

/**
 * What bytes mean behind their content coding.
 *
 * @throws Refused `unreadable_request` where the coding can't be undone, `request_too_large`
 */
export async function undone(bytes: Uint8Array<ArrayBuffer>, headers: Headers): Promise<Uint8Array<ArrayBuffer>> {
  const coding = headers.get("content-encoding");
  if (coding === null || coding.trim().toLowerCase() === "identity") return bytes;
  const coded = new Headers({ "content-encoding": coding });
  const plain = await plainBody({ body: new Response(bytes).body, headers: coded });
  if (plain === null) throw unreadable("This body's content-encoding can't be read here. Send it plain, or in gzip.");
  try {
    return await collect(plain);
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw unreadable("This body is not in the content-encoding that its header names.");
  }
}

/**
 * Bytes as text.
 *
 * @throws Refused `unreadable_request` where they are no UTF-8, which RFC 8259 §8.1 asks of JSON
 */
export function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw unreadable("The body is not UTF-8. Send JSON in UTF-8.");
  }
}
