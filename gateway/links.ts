import { namesOneUpload, signUpload } from "./capability.ts";
import { plainBody } from "./codings.ts";
import { rewriteStrings } from "./json-strings.ts";
import { PROVIDER_ROWS, ROUTE_ROWS, type Route } from "./providers.ts";
import { readText } from "./read-text.ts";
import { Refused } from "./refusals.ts";
import { stripQuery } from "./slots.ts";
import type { Permit } from "./stages/admit.ts";
import type { Target } from "./target.ts";
import { unreachable } from "./unreachable.ts";
import type { Opener } from "./upload.ts";

/** An address in a JSON answer that would lead a client past the gateway, its token in hand. */
interface BodyLink {
  route: Route;
  path: RegExp;
  /** The last keys on the way to it. */
  field: readonly string[];
  /** Null: the scheme that the client uses. */
  scheme: "https:" | null;
}

/** The places in bodies. `file.uri` and `downloadUri` stay: clients send them back as they are. */
const BODY_LINKS: readonly BodyLink[] = [
  {
    // Anthropic's SDKs ask for it with their API key, wherever it leads. Create, retrieve, list, cancel; not the results.
    route: "anthropic",
    path: /^\/v1\/messages\/batches(?:\/[^/]+(?:\/cancel)?)?\/?$/,
    field: ["results_url"],
    scheme: null,
  },
  {
    // The AI SDK asks for it with its API key if it has the base URL's origin, and fails otherwise. @google/genai takes an
    // address for one only if it begins with https://, also where the gateway is asked by plain http.
    route: "gemini",
    path: /^\/v1(?:beta|alpha)?\/(?:.+\/)?operations\/[^/]+$|:predictLongRunning$/,
    field: ["video", "uri"],
    scheme: "https:",
  },
];

/** Response headers that tell where an upload goes on. */
const UPLOAD_HEADERS: Partial<Record<Route, readonly string[]>> = {
  gemini: ["x-goog-upload-url", "x-goog-upload-control-url"],
};

/** Headers about the bytes of a body, which don't hold for a changed one. */
const BODY_HEADERS = ["content-encoding", "content-length", "content-md5", "content-digest", "repr-digest", "digest"];

/** What must be known of a request to mend the links in its answer. */
export interface Way extends Pick<Permit, "route" | "tokenId" | "origin" | "key" | "keys"> {
  opener: Opener;
  method: string;
  /** Path and query that went upstream. */
  target: Target;
  /** The address at which the client asked, which is where the links must lead. */
  url: string;
}

/** The address behind a text, if it leads to the provider: where it was asked, or where it is at home. */
function atProvider(text: string, way: Way): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  // Origins are compared whole: a look-alike such as api.anthropic.com.evil.example must not be taken for it.
  const home = PROVIDER_ROWS[ROUTE_ROWS[way.route].provider].origin;
  return url.origin === way.origin || url.origin === home ? url : null;
}

/** The gateway as the client addresses it; null where its request named no host: a parser would take one from the path. */
function gatewayOf({ url }: Way): URL | null {
  return /^https?:\/\/[^/]/.test(url) && URL.canParse(url) ? new URL(url) : null;
}

async function uploadAddress(text: string, way: Way): Promise<string | null> {
  const url = atProvider(text, way);
  const gateway = gatewayOf(way);
  if (gateway === null || url === null || !url.pathname.startsWith("/upload/")) return null;
  const query = stripQuery(url.search, way.keys);
  if (!namesOneUpload(query)) return null;
  const { tokenId, opener } = way;
  const target = { path: url.pathname, query };
  const signed = await signUpload(way.key, target, { tokenId, hash: opener.hash, expiresAt: opener.uploadsUntil });
  return gateway.origin + url.pathname + signed;
}

async function mendHeaders(headers: Headers, way: Way): Promise<void> {
  for (const name of UPLOAD_HEADERS[way.route] ?? []) {
    const value = headers.get(name);
    if (value === null) continue;
    // An address that can't be signed stays here: it would be a way to the provider that no revocation reaches.
    headers.delete(name);
    const address = await uploadAddress(value, way);
    if (address !== null) headers.set(name, address);
  }
}

function mendText(text: string, { field, scheme }: BodyLink, gateway: URL, way: Way): string {
  return rewriteStrings(text, field, (value) => {
    const url = atProvider(value, way);
    if (url === null) return null;
    const query = stripQuery(url.search, way.keys);
    return `${scheme ?? gateway.protocol}//${gateway.host}${url.pathname}${query}${url.hash}`;
  });
}

async function mendBody(response: Response, row: BodyLink, way: Way): Promise<Response> {
  const { provider } = ROUTE_ROWS[way.route];
  const gateway = gatewayOf(way);
  const body = await plainBody(response);
  if (gateway === null || body === null) {
    throw new Refused({ code: "unreadable_provider_error", provider, status: response.status });
  }
  const text = await readText(body).catch((error: unknown) => {
    throw unreachable(error, way);
  });
  if (text === null) throw new Refused({ code: "unreadable_provider_error", provider, status: response.status });
  const { status, statusText, headers } = response;
  const mended = new Response(mendText(text, row, gateway, way), { status, statusText, headers });
  for (const name of BODY_HEADERS) mended.headers.delete(name);
  return mended;
}

/**
 * Makes the addresses in an answer lead to the gateway where they would lead past it. All other bytes stay; answers
 * that have no row in the tables aren't read.
 *
 * @param response an answer whose headers can be changed, and are
 * @param way of its request
 * @returns the same answer, or one with another body
 * @throws Refused `unreadable_provider_error` where a body that has a row can't be read: in a coding that the runtime can't
 *   undo, longer than `MOST_BYTES`, or no UTF-8; `provider_unreachable` where the provider breaks it off
 */
export async function mendLinks(response: Response, way: Way): Promise<Response> {
  await mendHeaders(response.headers, way);
  const row = BODY_LINKS.find(({ route, path }) => route === way.route && path.test(way.target.path));
  if (row === undefined || !response.ok) return response;
  const isJson = /^application\/json\b/i.test(response.headers.get("content-type") ?? "");
  if (!isJson) return response;
  if (way.method === "HEAD") response.headers.delete("content-length");
  return response.body === null ? response : mendBody(response, row, way);
}
