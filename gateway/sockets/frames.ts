import { scrubText } from "../scrub.ts";

/** What a frame carries: text, or bytes. */
export type FrameData = string | ArrayBuffer;

/** The longest close reason, in bytes (RFC 6455 §5.5: a control frame has 125, two of them the code). */
const LONGEST_REASON = 123;

/** What stands in the place of a provider key that was taken out. */
const REPLACEMENT = "[provider key]";
/** Frames of OpenAI's that hold an error, and so may tell whose account it is. Every other one may hold a model's words. */
const ERROR_FRAME = /^\s*\{\s*"type"\s*:\s*"(?:error|response\.failed)"/;

const encoder = new TextEncoder();
// Reads any bytes, one character for each; what is ASCII stays ASCII, and that is all a key is made of.
const byteReader = new TextDecoder("latin1");

function bytesWithout(data: ArrayBuffer, key: string): ArrayBuffer {
  const bytes = new Uint8Array(data);
  const text = byteReader.decode(data);
  const replacement = encoder.encode(REPLACEMENT);
  const parts: Uint8Array[] = [];
  let from = 0;
  for (let at = text.indexOf(key); at !== -1; at = text.indexOf(key, from)) {
    parts.push(bytes.subarray(from, at), replacement);
    from = at + key.length;
  }
  parts.push(bytes.subarray(from));
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let filled = 0;
  for (const part of parts) {
    whole.set(part, filled);
    filled += part.length;
  }
  return whole.buffer;
}

/**
 * Takes the provider keys out of a frame, and out of an error what tells whose account it is. A frame without these, so
 * practically every one, is given back as it is.
 *
 * @param data of a whole message: the runtime joins fragments
 * @param keys visible ASCII
 */
export function scrubFrame(data: FrameData, keys: readonly string[]): FrameData {
  if (typeof data === "string") {
    if (ERROR_FRAME.test(data)) return scrubText(data, keys);
    return keys.reduce((text, key) => (text.includes(key) ? text.replaceAll(key, REPLACEMENT) : text), data);
  }
  const text = byteReader.decode(data);
  if (!keys.some((key) => text.includes(key))) return data;
  return keys.reduce((bytes, key) => bytesWithout(bytes, key), data);
}

/**
 * A text as a close reason: cut to what a close frame can carry, never in the middle of a character.
 *
 * @param text any length
 */
export function closeReason(text: string): string {
  if (encoder.encode(text).length <= LONGEST_REASON) return text;
  let reason = "";
  // Each character is a code point, so that no half of a surrogate pair is left.
  for (const character of text) {
    if (encoder.encode(`${reason}${character}…`).length > LONGEST_REASON) break;
    reason += character;
  }
  return `${reason}…`;
}

/**
 * Whether a close frame can carry a code (RFC 6455 §7.4): 1005, 1006 and 1015 only ever stand for the lack of one.
 *
 * @param code of a close event
 */
export function isSendable(code: number): boolean {
  return code >= 1000 && code < 5000 && code !== 1004 && code !== 1005 && code !== 1006 && code !== 1015;
}
