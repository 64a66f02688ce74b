import type { Recording } from "../../fake-provider/index.ts";
import { boundaryOf } from "../../fake-provider/multipart.ts";

/**
 * Request headers in which a way through the gateway may differ from a direct one, each with the reason. Everything else
 * must be the same; the order of headers can't be, since the runtime writes the ones it knows first.
 */
export const HOP_HEADERS: ReadonlyMap<string, string> = new Map([
  ["host", "names the host that is asked"],
  ["connection", "belongs to one connection (RFC 9110 §7.6.1)"],
  ["accept-encoding", "Cloudflare's edge, and wrangler dev likewise, ask for `br, gzip` whatever the client asked for"],
  ["cookie", "never goes upstream; parts of @google/genai send an empty one"],
  ["cf-worker", "the runtime adds it to every request of a Worker; a Worker can't take it off"],
]);

/** The headers that may hold a provider key. */
const SLOTS = ["authorization", "x-api-key", "x-goog-api-key"];

/** What is compared of a request. */
export interface Wire {
  method: string;
  target: string;
  /** Lower-case names; sorted by name, values of the same name in their order. */
  headers: [name: string, value: string][];
  /** Size and hash, or the text where a random boundary had to be replaced in it. */
  body: string;
}

/** The part of a recording that must be the same both ways. */
export function wireOf(recording: Recording): Wire {
  const contentType = recording.headers.find(([name]) => name.toLowerCase() === "content-type")?.[1];
  // fetch picks a new boundary for each request; the rest of the body has to be the same.
  const boundary = boundaryOf(contentType);
  const plain = (text: string): string => (boundary === null ? text : text.replaceAll(boundary, "BOUNDARY"));
  const headers = recording.headers
    .map(([name, value]): [string, string] => [name.toLowerCase(), plain(value)])
    .filter(([name]) => !HOP_HEADERS.has(name) && !SLOTS.includes(name))
    .toSorted(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
  const { bytes, sha256, kept } = recording.body;
  const body = boundary === null ? `${bytes} bytes, sha256 ${sha256}` : plain(kept.toString("latin1"));
  return { method: recording.method, target: recording.target, headers, body };
}

/** Every credential of a request, as `header: value`. */
export function credentialsOf(recording: Recording): string[] {
  return recording.headers
    .filter(([name]) => SLOTS.includes(name.toLowerCase()))
    .map(([name, value]) => `${name.toLowerCase()}: ${value}`);
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A secret in the forms in which it could travel unseen. */
function disguises(secret: string): string[] {
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.from("\0".repeat(shift) + secret).toString("base64");
    // The first and last characters depend on the neighbours.
    return text.slice(shift === 0 ? 0 : 4, -4);
  });
  return [secret, ...base64, Buffer.from(secret).toString("hex"), encodeURIComponent(secret)];
}

/**
 * Where a secret stands in a recorded request: raw, base64 at any offset, hex, or percent-encoded.
 *
 * @returns a word for each place; empty where it is nowhere
 */
export function placesOf(secret: string, recording: Recording): string[] {
  const places: [name: string, text: string][] = [
    ["target", recording.target],
    ["headers", recording.headers.map((pair) => pair.join(": ")).join("\n")],
    ["body", recording.body.kept.toString("latin1")],
  ];
  return places.flatMap(([name, text]) => {
    const texts = [text, percentDecoded(text)];
    return disguises(secret).some((form) => texts.some((one) => one.includes(form))) ? [name] : [];
  });
}
