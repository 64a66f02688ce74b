import { brotliCompressSync, gzipSync } from "node:zlib";
import type { Answer, Call } from "../../fake-provider/call.ts";

/** What a provider would say of a request that it repeats: all of its headers, the key among them. */
function echo({ headers, method, path }: Call): string {
  return JSON.stringify({
    error: { code: 400, status: "INVALID_ARGUMENT", type: "invalid_request_error", message: `${method} ${path}` },
    request: headers,
  });
}

const keyIn = ({ headers }: Call): string => {
  const [authorization, ...others] = [headers.authorization, headers["x-api-key"], headers["x-goog-api-key"]];
  return authorization?.replace(/^Bearer /, "") ?? others.map(String).find((one) => one !== "undefined") ?? "";
};

const json = { "content-type": "application/json" };

const whole = (status: number, body: string | Buffer, headers: Record<string, string> = json): Answer => ({
  kind: "whole",
  status,
  headers,
  body,
});

/** Headers in which the key is given back, in one way each. */
const echoes = (key: string): Record<string, string> => ({
  "x-echo-authorization": `Bearer ${key}`,
  "x-echo-key": key,
  "x-request-url": `https://provider.example/v1/models?key=${key}`,
  link: `<https://provider.example/v1/models?key=${key}>; rel="next"`,
});

/** What a provider does that has lost its mind, by the name of the model that was asked for. */
const EVIL: Readonly<Record<string, (call: Call, key: string) => Answer>> = {
  "evil-echo": (call) => whole(400, echo(call)),
  "evil-headers": (_, key) => whole(200, `{"object":"list","data":[]}`, { ...json, ...echoes(key) }),
  "evil-gzip": (call, key) => whole(400, gzipSync(echo(call)), { ...json, ...echoes(key), "content-encoding": "gzip" }),
  "evil-brotli": (call) => whole(422, brotliCompressSync(echo(call)), { ...json, "content-encoding": "br" }),
  "evil-coding": (call) => whole(400, gzipSync(echo(call)), { ...json, "content-encoding": "unheard-of" }),
  "evil-status": (call) => whole(999, echo(call)),
  "evil-large": (call) => whole(500, `${" ".repeat(700)}${echo(call)}`.repeat(50)),
  "evil-redirect": (call, key) =>
    whole(307, "", { location: `${call.origin}${call.path}?key=${key}&at=${key}&page=2` }),
  "evil-redirect-away": (_, key) => whole(302, "", { location: `https://elsewhere.example/?key=${key}` }),
  "evil-html": (call, key) =>
    whole(502, `<html><pre>${echo(call)}</pre>${key}</html>`, { "content-type": "text/html" }),
};

/** The models that a provider goes mad on. */
export const EVIL_MODELS: readonly string[] = Object.keys(EVIL);

/** The error of OpenAI's with which it refuses a location. */
const NOT_HERE = whole(
  403,
  JSON.stringify({
    error: { code: "unsupported_country_region_territory", type: "request_forbidden", message: "Not in your country." },
  }),
);

/**
 * What a provider answers before it looks at anything else.
 *
 * @param secondKey one that it has stopped accepting, and quotes when it says so
 * @param regional whether this is the time that it refuses the location
 */
export function madness(call: Call, secondKey: string, regional: () => boolean): Answer | null {
  const key = keyIn(call);
  if (key === secondKey) {
    return whole(401, `{"error":{"message":"Incorrect API key provided: ${key}.","code":"invalid_api_key"}}`, {
      ...json,
      ...echoes(key),
    });
  }
  if (call.model === "evil-region" && regional()) return NOT_HERE;
  return EVIL[call.model]?.(call, key) ?? null;
}
