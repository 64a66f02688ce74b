/** More than any body has that is read whole, in bytes: a list of 1,000 batches is below 1 MiB. */
export const MOST_BYTES = 8 * 1024 * 1024;

/**
 * Reads a body as text, byte for byte, byte order mark included.
 *
 * @param body uncompressed
 * @param most how long it may be, in bytes
 * @returns null where it is longer, or no UTF-8
 * @throws what the stream throws where the provider breaks off
 */
export async function readText(body: ReadableStream<Uint8Array>, most = MOST_BYTES): Promise<string | null> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    // Leaving the loop cancels the stream, so the rest isn't fetched.
    if (length > most) return null;
    chunks.push(chunk);
  }
  try {
    return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode();
  } catch {
    return null;
  }
}
