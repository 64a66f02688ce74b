import type { IncomingHttpHeaders } from "node:http";
import type { Provider } from "../../shared/providers.ts";
import type { Answer, Call } from "./call.ts";
import { whole } from "./call.ts";
import { type Dialect, failure, geminiError } from "./errors.ts";

/** Where a credential was found; null where there is none. */
type Credential = string | null;

interface DialectRow {
  provider: Provider;
  /** All credentials in the slots that the real provider looks at. */
  credentials(headers: IncomingHttpHeaders, query: URLSearchParams): Credential[];
  /** The answer to no credential, or a wrong one. */
  refusal(call: Call, shown: Credential): Answer;
  /** Bytes that end a stream with an error. */
  errorFrame: string;
}

function bearer(headers: IncomingHttpHeaders): Credential {
  return /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1] ?? null;
}

function header(headers: IncomingHttpHeaders, name: string): Credential {
  const value = headers[name];
  return typeof value === "string" ? value : null;
}

/** Browsers can't set headers on a WebSocket, so OpenAI takes the key as a subprotocol. */
function subprotocol(headers: IncomingHttpHeaders): Credential {
  const item = /(?:^|,)\s*openai-insecure-api-key\.([^\s,]+)/.exec(headers["sec-websocket-protocol"] ?? "");
  return item?.[1] ?? null;
}

function geminiRefusal(shown: Credential, wrap: (error: unknown) => unknown): Answer {
  if (shown === null) {
    const message =
      "Method doesn't allow unregistered callers (callers without established identity). Please use API Key.";
    return whole(wrap(geminiError(403, message)), 403);
  }
  const reason = {
    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
    reason: "API_KEY_INVALID",
    domain: "googleapis.com",
    metadata: { service: "generativelanguage.googleapis.com" },
  };
  return whole(wrap(geminiError(400, "API key not valid. Please pass a valid API key.", [reason])), 400);
}

/** What differs between the dialects: a row each. */
export const DIALECTS: Record<Dialect, DialectRow> = {
  openai: {
    provider: "openai",
    credentials: (headers) => [bearer(headers), subprotocol(headers)],
    refusal(call, shown) {
      if (shown === null) {
        const message = "You didn't provide an API key. You need to provide your API key in an Authorization header.";
        return whole({ error: { message, type: "invalid_request_error", param: null, code: null } }, 401);
      }
      // The real one masks the key like this, so a part of it is in the body.
      const message = `Incorrect API key provided: ${shown.slice(0, 5)}***${shown.slice(-4)}.`;
      return failure("openai", call, 401, message);
    },
    errorFrame: `data: {"error":{"message":"The server had an error.","type":"server_error","param":null,"code":"server_error"}}\n\n`,
  },
  anthropic: {
    provider: "anthropic",
    credentials: (headers) => [header(headers, "x-api-key"), bearer(headers)],
    refusal(call, shown) {
      return failure("anthropic", call, 401, shown === null ? "x-api-key header is required" : "invalid x-api-key");
    },
    errorFrame: `event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n`,
  },
  gemini: {
    provider: "gemini",
    credentials: (headers, query) => [header(headers, "x-goog-api-key"), query.get("key")],
    refusal: (_call, shown) => geminiRefusal(shown, (error) => error),
    errorFrame: `data: {"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}\r\n\r\n`,
  },
  "gemini-openai": {
    provider: "gemini",
    credentials: (headers) => [bearer(headers)],
    refusal: (_call, shown) => geminiRefusal(shown, (error) => [error]),
    errorFrame: `data: {"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}\n\n`,
  },
};

/**
 * Which dialect a request speaks, where one instance serves all providers. It goes by path and slot as in
 * `gateway/`, without sharing its code: a test of the gateway shouldn't believe the gateway.
 */
export function dialectOf(headers: IncomingHttpHeaders, path: string, query: URLSearchParams): Dialect {
  if (/^\/v1beta\/openai(\/|$)/.test(path)) return "gemini-openai";
  if (/^\/(v1beta|v1alpha|upload|download|ws)\//.test(path)) return "gemini";
  if (headers["x-goog-api-key"] !== undefined || query.has("key")) return "gemini";
  if (headers["anthropic-version"] !== undefined || headers["x-api-key"] !== undefined) return "anthropic";
  return /^\/v1\/messages(\/|$)/.test(path) ? "anthropic" : "openai";
}

/** The dialect at an instance that serves one provider. */
export function dialectFor(provider: Provider, path: string): Dialect {
  return provider === "gemini" && /^\/v1beta\/openai(\/|$)/.test(path) ? "gemini-openai" : provider;
}
