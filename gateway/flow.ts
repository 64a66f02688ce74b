/** How a body ended. */
export type FlowEnd = "finished" | "client_gone" | "cut" | "failed";

/** A body on its way. */
export interface Flow {
  body: ReadableStream<Uint8Array>;
  /** Settles when the last byte has left, or none will any more. Never rejects. */
  ended: Promise<FlowEnd>;
}

/** What a body flows by. */
export interface FlowTerms {
  /** Aborted when the client has gone. */
  client: AbortSignal;
  /** Aborted when the token died. */
  cut: AbortSignal;
  /** What to send after a cut; null ends the connection at once, so that nobody takes the rest for whole. */
  lastWords: () => Uint8Array | null;
}

/** The length that a body's headers tell, in bytes; null where they tell none. */
export function lengthOf(headers: Headers): number | null {
  const length = headers.get("content-length");
  return length !== null && /^\d{1,15}$/.test(length) ? Number(length) : null;
}

/** A pipe that lets bytes flow natively, as they are. */
export const nativePipe = (headers: Headers): TransformStream<Uint8Array, Uint8Array> => {
  const length = lengthOf(headers);
  return length === null ? new IdentityTransformStream() : new FixedLengthStream(length);
};

/**
 * Lets a body flow in such a way that its end is known and that it can be cut.
 *
 * @param source the provider's, asked for with `encodeResponseBody: "manual"`, so that its bytes are the wire's
 * @param pipe that it flows through
 */
export function flow(
  source: ReadableStream<Uint8Array>,
  { readable, writable }: TransformStream<Uint8Array, Uint8Array>,
  { client, cut, lastWords }: FlowTerms,
): Flow {
  // A client that leaves is noticed by a write, which may be long in coming; the provider is told at once.
  const signal = AbortSignal.any([client, cut]);
  const work = async (): Promise<FlowEnd> => {
    try {
      await source.pipeTo(writable, { signal, preventAbort: true });
      // A body that its request's end took along ends as if it were whole.
      return client.aborted ? "client_gone" : "finished";
    } catch (error) {
      await end(writable, cut.aborted ? lastWords() : null, error);
      if (cut.aborted) return "cut";
      return client.aborted ? "client_gone" : "failed";
    }
  };
  return { body: readable, ended: work() };
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
