/** What stands in the place of a provider key that was taken out. */
export const REPLACEMENT = "[provider key]";

// One character for each byte and back, so that bytes that are no text survive. TextDecoder has no such encoding: its
// "latin1" is windows-1252.
const toText = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
const toBytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

/**
 * Takes a secret out of a stream of bytes, also where it is split across chunks. For error bodies only: a suspended
 * Gemini key, for one, is answered with the whole key in clear.
 *
 * @param secret visible ASCII
 */
export function scrubber(secret: string): TransformStream<Uint8Array, Uint8Array> {
  let held = "";
  return new TransformStream({
    transform(chunk, controller) {
      held = (held + toText(chunk)).replaceAll(secret, REPLACEMENT);
      // What is kept back is one character short of the secret, so nothing of it can have left before it is whole.
      const sure = Math.max(0, held.length - secret.length + 1);
      if (sure > 0) controller.enqueue(toBytes(held.slice(0, sure)));
      held = held.slice(sure);
    },
    flush(controller) {
      if (held !== "") controller.enqueue(toBytes(held));
    },
  });
}
