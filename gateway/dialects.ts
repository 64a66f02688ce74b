import type { Dialect } from "./providers.ts";
import { tell, type Refusal } from "./refusals.ts";

/** How a status is named in each provider's error bodies. */
interface StatusNames {
  /** `error.type` of OpenAI; its `error.code` is ours, where the row below names none. */
  openai: string;
  /** `error.type` of Anthropic (platform.claude.com/docs, Errors). */
  anthropic: string;
  /** `error.status` of Google (google.rpc.Code). */
  gemini: string;
}

const STATUS_NAMES: Record<number, StatusNames> = {
  400: { openai: "invalid_request_error", anthropic: "invalid_request_error", gemini: "INVALID_ARGUMENT" },
  401: { openai: "invalid_request_error", anthropic: "authentication_error", gemini: "UNAUTHENTICATED" },
  403: { openai: "invalid_request_error", anthropic: "permission_error", gemini: "PERMISSION_DENIED" },
  404: { openai: "invalid_request_error", anthropic: "not_found_error", gemini: "NOT_FOUND" },
  504: { openai: "server_error", anthropic: "timeout_error", gemini: "DEADLINE_EXCEEDED" },
};
const CLIENT_ERROR: StatusNames = {
  openai: "invalid_request_error",
  anthropic: "invalid_request_error",
  gemini: "INVALID_ARGUMENT",
};
const SERVER_ERROR: StatusNames = { openai: "server_error", anthropic: "api_error", gemini: "UNAVAILABLE" };

/** OpenAI's own `error.code` where it has one for the case; else the refusal's code stands there. */
const OPENAI_CODES: Partial<Record<Refusal["code"], string>> = {
  missing_token: "invalid_api_key",
  unknown_token: "invalid_api_key",
  expired_token: "invalid_api_key",
};

/** `reason` of google.rpc.ErrorInfo. */
const GEMINI_REASONS: Partial<Record<Refusal["code"], string>> = {
  missing_token: "API_KEY_INVALID",
  unknown_token: "API_KEY_INVALID",
  expired_token: "API_KEY_INVALID",
};

/** The facts of an error body, in every provider's words. */
interface Facts {
  status: number;
  message: string;
  names: StatusNames;
  openaiCode: string;
  geminiReason: string;
  requestId: string;
  retryAfter: number | null;
}

const BODIES: Record<Dialect, (facts: Facts) => object> = {
  openai: ({ message, names, openaiCode }) => ({
    error: { message, type: names.openai, param: null, code: openaiCode },
  }),
  anthropic: ({ message, names, requestId }) => ({
    type: "error",
    error: { type: names.anthropic, message },
    request_id: requestId,
  }),
  gemini: ({ status, message, names, geminiReason, retryAfter }) => ({
    error: {
      code: status,
      message,
      status: names.gemini,
      details: [
        { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: geminiReason, domain: "doppelgate" },
        ...(retryAfter === null
          ? []
          : [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: `${retryAfter}s` }]),
      ],
    },
  }),
};

/** For clients whose provider can't be told: what every SDK looks for, in one body. */
const unionBody = ({ message, names, openaiCode, requestId }: Facts): object => ({
  type: "error",
  error: { message, type: names.anthropic, param: null, code: openaiCode, status: names.gemini },
  request_id: requestId,
});

function factsOf(refusal: Refusal, requestId: string): Facts {
  const { status, message, retryAfter } = tell(refusal);
  return {
    status,
    message,
    retryAfter,
    requestId,
    names: STATUS_NAMES[status] ?? (status < 500 ? CLIENT_ERROR : SERVER_ERROR),
    openaiCode: OPENAI_CODES[refusal.code] ?? refusal.code,
    geminiReason: GEMINI_REASONS[refusal.code] ?? refusal.code.toUpperCase(),
  };
}

const newRequestId = (): string => `req_dg_${crypto.randomUUID().replaceAll("-", "")}`;

/**
 * The body of an error, for an event stream that has begun.
 *
 * @param refusal why
 */
export const errorBody = (refusal: Refusal, dialect: Dialect): object =>
  BODIES[dialect](factsOf(refusal, newRequestId()));

/**
 * Makes the answer to a refused request in the shape of the client's provider, so that its SDK raises its own error type.
 *
 * @param refusal why
 * @param dialect of the route; null where the provider can't be told
 */
export function refusalResponse(refusal: Refusal, dialect: Dialect | null): Response {
  const facts = factsOf(refusal, newRequestId());
  const body = dialect === null ? unionBody(facts) : BODIES[dialect](facts);
  const headers = new Headers({
    "content-type": "application/json",
    "cache-control": "no-store",
    "x-doppelgate-error": refusal.code,
    // OpenAI's SDK reads the first name, Anthropic's the second.
    "x-request-id": facts.requestId,
    "request-id": facts.requestId,
  });
  if (facts.retryAfter === null) headers.set("x-should-retry", "false");
  else headers.set("retry-after", String(facts.retryAfter));
  if (refusal.code === "method_not_allowed") headers.set("allow", refusal.allow);
  return Response.json(body, { status: facts.status, headers });
}
