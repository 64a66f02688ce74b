import { LIMIT_HEADERS } from "./limit-headers.ts";

/** Methods that the SDKs' browser builds use. */
const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
/** Response headers that clients read (a browser hides the rest). */
const EXPOSED = [
  "x-request-id",
  "request-id",
  "retry-after",
  "retry-after-ms",
  "x-should-retry",
  "x-doppelgate-error",
  ...LIMIT_HEADERS,
  "openai-processing-ms",
  "openai-version",
  "x-goog-upload-url",
  "x-goog-upload-control-url",
  "x-goog-upload-chunk-granularity",
  "x-goog-upload-status",
  // Names the call that a WebRTC offer to /v1/realtime/calls opened.
  "location",
].join(", ");
/** How long a browser may keep the answer to a preflight, in seconds; Chromium's own limit. */
const MAX_AGE = "7200";

/** Tells whether a request is a browser's preflight (fetch.spec.whatwg.org, CORS-preflight request). */
export function isPreflight(request: Request): boolean {
  if (request.method !== "OPTIONS") return false;
  const { headers } = request;
  return headers.has("origin") && headers.has("access-control-request-method");
}

/**
 * Answers a preflight, before any token is looked for: a preflight never carries one. Any origin may ask, since nothing
 * here works by cookie.
 */
export function preflightResponse(request: Request): Response {
  const headers = new Headers({
    "access-control-allow-origin": "*",
    "access-control-allow-methods": METHODS,
    "access-control-max-age": MAX_AGE,
    vary: "access-control-request-headers",
  });
  // `*` doesn't cover `authorization`, so the list that was asked for is given back.
  const asked = request.headers.get("access-control-request-headers");
  if (asked !== null) headers.set("access-control-allow-headers", asked);
  return new Response(null, { status: 204, headers });
}

/**
 * Lets a page read an answer.
 *
 * @param headers the answer's, changed in place
 */
export function allowPages(headers: Headers): void {
  headers.set("access-control-allow-origin", "*");
  headers.set("access-control-expose-headers", EXPOSED);
  headers.delete("access-control-allow-credentials");
}
