import { readableCodings } from "./codings.ts";
import { tokenFinder } from "./traces.ts";

/** Request headers that never go upstream, in lower case. */
const REQUEST_DROPPED: ReadonlySet<string> = new Set([
  // Credentials of every kind; the one real key is set afterwards.
  "authorization",
  "x-api-key",
  "x-goog-api-key",
  "api-key",
  "cookie",
  "proxy-authorization",
  // Accounts of the holder's that would clash with the real key's (SDKs fill them from environment variables).
  "openai-organization",
  "openai-project",
  "x-goog-user-project",
  "anthropic-workspace-id",
  // Google's system header: would turn an allowed POST into a DELETE.
  "x-http-method-override",
  "x-http-method",
  "x-method-override",
  // Hop by hop (RFC 9110 §7.6.1).
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
  "host",
  // Who the holder is and where they are.
  "forwarded",
  "via",
  "x-real-ip",
  "true-client-ip",
  "cdn-loop",
  "x-client-ip",
  // WebSocket handshakes are made anew, never relayed.
  "sec-websocket-key",
  "sec-websocket-version",
  "sec-websocket-protocol",
  "sec-websocket-extensions",
]);

/** Beginnings of request headers that never go upstream: what Cloudflare and proxies add about the holder. */
const REQUEST_DROPPED_PREFIXES: readonly string[] = ["cf-", "x-forwarded-", "x-original-", "mf-"];

/** Response headers that never reach a holder, in lower case: they tell the account, its load, or the route there. */
const RESPONSE_DROPPED: ReadonlySet<string> = new Set([
  "openai-organization",
  "openai-project",
  "anthropic-organization-id",
  "anthropic-workspace-id",
  "set-cookie",
  "cf-ray",
  "cf-cache-status",
  "x-guploader-uploadid",
  "x-envoy-upstream-service-time",
  "via",
  "server",
  "alt-svc",
  // The provider's host policy, not the gateway's.
  "strict-transport-security",
  "x-robots-tag",
  "report-to",
  "reporting-endpoints",
  "nel",
  // Hop by hop; a provider's challenge would make a browser ask for a password.
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "www-authenticate",
]);

/** Beginnings of response headers that never reach a holder: limits there are the account's, not the token's. */
const RESPONSE_DROPPED_PREFIXES: readonly string[] = [
  "x-ratelimit-",
  "anthropic-ratelimit-",
  "x-goog-upload-header-x-google-",
];

/** A token of RFC 9110 §5.6.2. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;

const dropped = (name: string, names: ReadonlySet<string>, prefixes: readonly string[]): boolean =>
  names.has(name) || prefixes.some((prefix) => name.startsWith(prefix));

const holdsKey = (text: string, keys: readonly string[]): boolean => keys.some((key) => text.includes(key));

/**
 * The headers that go upstream, before the provider key is set.
 *
 * @param received the request's own
 * @param secrets strings that may not stand in any value: a token in a header that the gateway doesn't know stays here
 */
export function upstreamHeaders(received: Headers, secrets: readonly string[]): Headers {
  const headers = new Headers(received);
  for (const name of (received.get("connection") ?? "").split(",")) {
    const listedName = name.trim();
    // `connection: x-foo` makes x-foo hop by hop too. An invalid name there is no header's.
    if (HEADER_NAME.test(listedName)) headers.delete(listedName);
  }
  const codings = received.get("accept-encoding");
  if (codings !== null) headers.set("accept-encoding", readableCodings(codings));
  const holdsToken = tokenFinder(secrets);
  // Names arrive in lower case; a typed token may be all lower case.
  const named = secrets.map((secret) => secret.toLowerCase());
  for (const [name, value] of received) {
    const isDropped = dropped(name, REQUEST_DROPPED, REQUEST_DROPPED_PREFIXES);
    if (isDropped || holdsToken(value) || named.some((secret) => name.includes(secret))) headers.delete(name);
  }
  return headers;
}

/**
 * Takes out of a provider's response headers what a holder may not see.
 *
 * @param headers changed in place
 * @param keys the provider keys: a header that holds one goes
 */
export function cleanResponseHeaders(headers: Headers, keys: readonly string[]): void {
  const names: string[] = [];
  for (const [name, value] of headers) {
    if (dropped(name, RESPONSE_DROPPED, RESPONSE_DROPPED_PREFIXES) || holdsKey(value, keys)) names.push(name);
  }
  for (const name of names) headers.delete(name);
}

/**
 * The reason phrase of an answer, which is free text: one that quotes a provider key is left out.
 *
 * @param keys the provider keys
 */
export const cleanStatusText = (text: string, keys: readonly string[]): string => (holdsKey(text, keys) ? "" : text);
