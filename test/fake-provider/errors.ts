import { type Answer, type Call, whole } from "./call.ts";

/** How a fake provider is spoken to: the fourth is Gemini in OpenAI's words. */
export type Dialect = "openai" | "anthropic" | "gemini" | "gemini-openai";

const RETRY_AFTER = new Map([
  [429, "7"],
  [503, "3"],
  [529, "3"],
]);

const OPENAI_KINDS: Record<number, [type: string, code: string | null, message: string]> = {
  400: ["invalid_request_error", null, "The request is not valid."],
  401: ["invalid_request_error", "invalid_api_key", "Incorrect API key provided."],
  403: ["invalid_request_error", "insufficient_permissions", "Not permitted."],
  404: ["invalid_request_error", "model_not_found", "The model does not exist or you do not have access to it."],
  429: ["requests", "rate_limit_exceeded", "Rate limit reached for requests."],
  500: ["server_error", null, "The server had an error while processing your request."],
};

const ANTHROPIC_KINDS: Record<number, string> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  529: "overloaded_error",
};

const GEMINI_KINDS: Record<number, string> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  500: "INTERNAL",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

/** Google's error object. */
export function geminiError(status: number, message?: string, details?: unknown[]): unknown {
  const kind = GEMINI_KINDS[status] ?? "UNKNOWN";
  return { error: { code: status, message: message ?? `Fake ${kind}.`, status: kind, ...(details && { details }) } };
}

function openaiError(status: number, message?: string): unknown {
  const [type, code, usual] = OPENAI_KINDS[status] ?? OPENAI_KINDS[status < 500 ? 400 : 500] ?? ["", null, ""];
  return { error: { message: message ?? usual, type, param: null, code } };
}

function anthropicError(call: Call, status: number, message?: string): unknown {
  const type = ANTHROPIC_KINDS[status] ?? "api_error";
  return { type: "error", error: { type, message: message ?? `Fake ${type}.` }, request_id: call.id("req_") };
}

const SHAPES: Record<Dialect, (call: Call, status: number, message?: string) => unknown> = {
  openai: (_call, status, message) => openaiError(status, message),
  anthropic: anthropicError,
  gemini: (_call, status, message) => geminiError(status, message),
  // Google puts its error into a list here.
  "gemini-openai": (_call, status, message) => [geminiError(status, message)],
};

/** The provider's answer to a failure, with `retry-after` where it would send one. */
export function failure(dialect: Dialect, call: Call, status: number, message?: string): Answer {
  const after = RETRY_AFTER.get(status);
  return whole(SHAPES[dialect](call, status, message), status, after === undefined ? {} : { "retry-after": after });
}
