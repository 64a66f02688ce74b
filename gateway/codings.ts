/** Content codings that can be undone, by what undoes them; null: nothing to undo. */
const DECODERS: Partial<Record<string, "gzip" | "deflate" | null>> = {
  "": null,
  identity: null,
  gzip: "gzip",
  "x-gzip": "gzip",
  deflate: "deflate",
};

/**
 * A body as what it means, and not as the compressed bytes of the wire.
 *
 * @param answer asked for with `encodeResponseBody: "manual"`
 * @returns null where there is no body, or its coding can't be undone
 */
export function plainBody({ body, headers }: Pick<Response, "body" | "headers">): ReadableStream<Uint8Array> | null {
  const decoder = DECODERS[(headers.get("content-encoding") ?? "").trim().toLowerCase()];
  if (body === null || decoder === undefined) return null;
  return decoder === null ? body : body.pipeThrough(new DecompressionStream(decoder));
}
