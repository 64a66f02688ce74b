import { errorBody } from "./dialects.ts";
import type { Dialect } from "./providers.ts";
import type { Refusal } from "./refusals.ts";

const encoder = new TextEncoder();

/** How each provider writes an error into a stream that has begun (its SDKs raise their own error type on it). */
const FRAMES: Record<Dialect, (body: object) => string> = {
  // The event's name is what the Responses stream goes by; a chat stream goes by the data alone.
  openai: (body) => `event: error\ndata: ${JSON.stringify({ type: "error", ...flat(body), ...body })}\n\n`,
  anthropic: (body) => `event: error\ndata: ${JSON.stringify(body)}\n\n`,
  gemini: (body) => `data: ${JSON.stringify(body)}\r\n\r\n`,
};

/** The Responses stream has the fields of the error beside its type, a chat stream has them under `error`. */
function flat(body: object): object {
  return "error" in body && typeof body.error === "object" && body.error !== null
    ? { ...body.error, type: "error", sequence_number: 0 }
    : {};
}

/**
 * What a client is told in the middle of an event stream that the gateway cuts.
 *
 * @param refusal why
 * @param headers of the provider's answer
 * @returns the bytes of one event; null where the answer is no plain event stream, so that nothing can be said in it
 */
export function lastWords(refusal: Refusal, dialect: Dialect, headers: Headers): Uint8Array | null {
  const type = headers.get("content-type") ?? "";
  const coding = headers.get("content-encoding") ?? "identity";
  if (!type.startsWith("text/event-stream") || coding !== "identity") return null;
  // The empty lines end an event that was cut in its middle.
  return encoder.encode(`\n\n${FRAMES[dialect](errorBody(refusal, dialect))}`);
}
