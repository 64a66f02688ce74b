import { exports, WorkerEntrypoint } from "cloudflare:workers";

const CODING_HEADER = "x-doppelgate-coding";

/** Content codings that can be undone: here by the platform's stream, by the runtime's own fetch, or with nothing to do. */
const UNDONE_BY: Partial<Record<string, "nothing" | "gzip" | "deflate" | "fetch">> = {
  "": "nothing",
  identity: "nothing",
  gzip: "gzip",
  "x-gzip": "gzip",
  deflate: "deflate",
  // DecompressionStream doesn't know it; a body that comes out of `fetch` is undone by the runtime itself.
  br: "fetch",
};

/** The codings of `accept-encoding` that can be undone; `zstd`, for one, can't. */
const READABLE = /^(?:gzip|deflate|br|identity)\b/i;

/**
 * Gives a body back as it came, so that it comes out of a `fetch`. Reached by this Worker itself alone.
 */
export class Decoder extends WorkerEntrypoint<GatewayEnv> {
  override async fetch(request: Request): Promise<Response> {
    const coding = request.headers.get(CODING_HEADER) ?? "";
    return new Response(request.body, { headers: { "content-encoding": coding }, encodeBody: "manual" });
  }
}

async function byFetch(body: ReadableStream<Uint8Array>, coding: string): Promise<ReadableStream<Uint8Array> | null> {
  // The generated types of two Workers in one project contradict each other on what `exports` has.
  const { Decoder: decoder } = exports as unknown as { Decoder: Fetcher };
  const init = { method: "POST", body, headers: { [CODING_HEADER]: coding } };
  return (await decoder.fetch("https://decoder/", init)).body;
}

/**
 * A body as what it means, and not as the compressed bytes of the wire.
 *
 * @param answer asked for with `encodeResponseBody: "manual"`
 * @returns null where there is no body, or its coding can't be undone
 */
export async function plainBody({
  body,
  headers,
}: Pick<Response, "body" | "headers">): Promise<ReadableStream<Uint8Array> | null> {
  const coding = (headers.get("content-encoding") ?? "").trim().toLowerCase();
  const undoneBy = UNDONE_BY[coding];
  if (body === null || undoneBy === undefined) return null;
  if (undoneBy === "nothing") return body;
  return undoneBy === "fetch" ? byFetch(body, coding) : body.pipeThrough(new DecompressionStream(undoneBy));
}

/**
 * The content codings of `accept-encoding` that the gateway can undo where it must: in an error, which may hold the provider key.
 *
 * @param accepted the header's value (RFC 9110 §12.5.3)
 */
export function readableCodings(accepted: string): string {
  const readable = accepted.split(",").flatMap((coding) => (READABLE.test(coding.trim()) ? coding.trim() : []));
  return readable.length === 0 ? "identity" : readable.join(", ");
}
