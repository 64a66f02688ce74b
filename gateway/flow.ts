/** Answers up to this many bytes are over too soon to be watched. */
const SHORT_BYTES = 1024 * 1024;

/** How a body ended. */
export type FlowEnd = "finished" | "client_gone" | "cut" | "failed";

/** A body on its way. */
export interface Flow {
  body: ReadableStream<Uint8Array> | null;
  /** Settles when the last byte has left, or none will any more; null for a body that isn't followed. Never rejects. */
  ended: Promise<FlowEnd> | null;
}

function lengthOf(headers: Headers): number | null {
  const length = headers.get("content-length");
  return length !== null && /^\d{1,15}$/.test(length) ? Number(length) : null;
}

/**
 * Lets a body flow natively, byte for byte, in such a way that its end is known and that it can be cut.
 *
 * @param upstream the provider's answer, asked for with `encodeResponseBody: "manual"`, so that its bytes are the wire's
 * @param client aborted when the client has gone
 * @param cut aborted when the token died
 * @param lastWords what to send after a cut; null ends the connection at once, so that nobody takes the rest for whole
 */
export function flow(
  upstream: Response,
  client: AbortSignal,
  cut: AbortSignal,
  lastWords: () => Uint8Array | null,
): Flow {
  const length = lengthOf(upstream.headers);
  if (upstream.body === null || (length !== null && length <= SHORT_BYTES)) return { body: upstream.body, ended: null };
  const { readable, writable } = length === null ? new IdentityTransformStream() : new FixedLengthStream(length);
  const work = async (source: ReadableStream<Uint8Array>): Promise<FlowEnd> => {
    try {
      await source.pipeTo(writable, { signal: cut, preventAbort: true });
      return "finished";
    } catch (error) {
      await end(writable, cut.aborted ? lastWords() : null, error);
      if (cut.aborted) return "cut";
      return client.aborted ? "client_gone" : "failed";
    }
  };
  return { body: readable, ended: work(upstream.body) };
}

async function end(writable: WritableStream<Uint8Array>, words: Uint8Array | null, reason: unknown): Promise<void> {
  try {
    if (words === null) return await writable.abort(reason);
    const writer = writable.getWriter();
    await writer.write(words);
    await writer.close();
  } catch {
    // The client has gone meanwhile; there is nobody to tell.
  }
}
