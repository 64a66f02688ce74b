/** Content codings that the runtime undoes when a body is read in JavaScript. */
const READABLE_CODINGS: ReadonlySet<string> = new Set(["", "identity", "gzip", "br"]);

/**
 * Tells whether a body can be read as what it means, and not only as compressed bytes.
 *
 * @param headers of the answer that has the body
 */
export function isReadable(headers: Headers): boolean {
  return READABLE_CODINGS.has((headers.get("content-encoding") ?? "").trim().toLowerCase());
}
