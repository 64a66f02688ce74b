import * as fc from "fast-check";
import { type Place, SLOTS, STRAYS } from "./wild-places.ts";

/** A piece of a query, and whether it may go upstream. */
interface Pair {
  text: string;
  innocent: boolean;
}

/** A header as a client would write it, and whether it may go upstream. */
interface HeaderLine {
  name: string;
  value: string;
  innocent: boolean;
}

/** A request that somebody may send. */
export interface WildRequest {
  method: string;
  path: string;
  pairs: Pair[];
  headers: HeaderLine[];
  /** Header names that `connection` lists. */
  hops: string[];
  body: Uint8Array<ArrayBuffer> | null;
}

const NAME = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
// What may stand in a path or query on the wire, and what clients put there although it may not.
const PART = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.stringMatching(/^[A-Za-z0-9._~:@!$()*,-]{1,6}$/) },
    {
      weight: 1,
      arbitrary: fc.constantFrom("%20", "%2F", "%zz", "%", "%e", "%E9", "%c3%a9", "%00", "+", "'", '"', "|"),
    },
  ),
  { maxLength: 4 },
);
const text = (parts: string[]): string => parts.join("");
const HOSTILE = fc.constantFrom(
  "..",
  "%2e%2E",
  ".",
  "\\evil",
  "",
  "@evil.example",
  ":8080",
  "http:",
  "%2f%2fevil.example",
);
const SEGMENT = fc.oneof({ weight: 8, arbitrary: PART.map(text) }, { weight: 1, arbitrary: HOSTILE });
const FIRST = fc.constantFrom(
  "/v1/messages",
  "/v1/chat/completions",
  "/v1/models",
  "/v1beta/models",
  "/v1beta/openai/chat",
  "/v1alpha/x",
  "/upload/v1beta/files",
  "//evil.example",
  "/v1",
);
const PATH = fc.tuple(FIRST, fc.array(SEGMENT, { maxLength: 3 })).map(([first, rest]) => [first, ...rest].join("/"));

const PAIR: fc.Arbitrary<Pair> = fc.oneof(
  fc.tuple(NAME, PART.map(text)).map(([name, value]) => ({ text: `q${name}=${value}`, innocent: true })),
  fc
    .constantFrom("", "alt=sse", "beta=true", "%zz=1", "=", "pageSize=1")
    .map((pair) => ({ text: pair, innocent: true })),
  fc
    .constantFrom("$httpMethod=DELETE", "%24ct=x", "oauth_token=o", "API-KEY=a", "$Key=1")
    .map((pair) => ({ text: pair, innocent: false })),
);

const VALUE = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
const HEADER: fc.Arbitrary<HeaderLine> = fc.oneof(
  fc.tuple(NAME, VALUE).map(([name, value]) => ({ name: `X-T-${name}`, value, innocent: true })),
  fc
    .constantFrom("User-Agent", "ANTHROPIC-beta", "x-dup")
    .chain((name) => VALUE.map((value) => ({ name, value, innocent: true }))),
  fc.constant({ name: "anthropic-version", value: "2026-10-21", innocent: true }),
  fc
    .constantFrom(
      "Cookie",
      "CF-Connecting-IP",
      "X-Forwarded-For",
      "X-HTTP-Method-Override",
      "OpenAI-Organization",
      "te",
    )
    .map((name) => ({ name, value: "dropped", innocent: false })),
);

/** Bytes that are no text as often as they are. */
export const BYTES = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.json().map((json) => new TextEncoder().encode(json)),
) as fc.Arbitrary<Uint8Array<ArrayBuffer>>;

const WILD = fc.record<WildRequest>({
  method: fc.constantFrom("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
  path: PATH,
  pairs: fc.array(PAIR, { maxLength: 5 }),
  headers: fc.array(HEADER, { maxLength: 6 }),
  hops: fc.array(fc.constantFrom("x-dup", "x-t-a", "x.odd", "authorization", "Close", "not a name"), { maxLength: 3 }),
  body: fc.option(BYTES),
});

function put(request: WildRequest, place: ReturnType<Place>): WildRequest {
  const { header, pair, segment } = place;
  return {
    ...request,
    headers: header ? [...request.headers, { name: header[0], value: header[1], innocent: false }] : request.headers,
    pairs: pair === undefined ? request.pairs : [{ text: pair, innocent: false }, ...request.pairs],
    path: segment === undefined ? request.path : `${request.path}/${segment}`,
  };
}

const placed = (
  request: WildRequest,
  names: readonly string[],
  places: Record<string, Place>,
  token: string,
): WildRequest =>
  names.reduce((wild, name) => {
    const place = places[name];
    return place === undefined ? wild : put(wild, place(token));
  }, request);

/**
 * Requests with a token in any of its slots, and in any other place.
 *
 * @param tokens to choose from
 */
export function wildRequests(tokens: readonly string[]): fc.Arbitrary<{ token: string; wild: WildRequest }> {
  const slots = fc.subarray(Object.keys(SLOTS), { minLength: 0, maxLength: 2 });
  const strays = fc.oneof(
    { weight: 2, arbitrary: fc.constant<string[]>([]) },
    { weight: 3, arbitrary: fc.subarray(Object.keys(STRAYS), { minLength: 1, maxLength: 3 }) },
  );
  return fc.tuple(WILD, fc.constantFrom(...tokens), slots, strays).map(([wild, token, slotNames, strayNames]) => ({
    token,
    wild: placed(placed(wild, slotNames, SLOTS, token), strayNames, STRAYS, token),
  }));
}
