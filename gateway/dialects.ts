import { namesOf, openaiType, paramOf, quotaFailure, WORDS, type StatusNames } from "./dialect-tables.ts";
import type { Dialect } from "./providers.ts";
import { tell, type Refusal } from "./refusals.ts";

/** The longest `retry-after`, in seconds: OpenAI's client ignores a longer one, and Anthropic's waits as long as it says. */
const LONGEST_WAIT = 60;

/** The facts of an error body, in every provider's words. */
interface Facts {
  status: number;
  message: string;
  names: StatusNames;
  openaiType: string;
  openaiCode: string;
  param: string | null;
  geminiReason: string;
  quota: object | null;
  requestId: string;
  retryAfter: number | null;
}

const BODIES: Record<Dialect, (facts: Facts) => object> = {
  openai: ({ message, openaiType, param, openaiCode }) => ({
    error: { message, type: openaiType, param, code: openaiCode },
  }),
  anthropic: ({ message, names, requestId }) => ({
    type: "error",
    error: { type: names.anthropic, message },
    request_id: requestId,
  }),
  gemini: ({ status, message, names, geminiReason, quota, retryAfter }) => ({
    error: {
      code: status,
      message,
      status: names.gemini,
      details: [
        { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: geminiReason, domain: "doppelgate" },
        ...(quota === null ? [] : [quota]),
        ...(retryAfter === null
          ? []
          : [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: `${retryAfter}s` }]),
      ],
    },
  }),
};

/** For clients whose provider can't be told: what every SDK looks for, in one body. */
const unionBody = ({ message, names, param, openaiCode, requestId }: Facts): object => ({
  type: "error",
  error: { message, type: names.anthropic, param, code: openaiCode, status: names.gemini },
  request_id: requestId,
});

function factsOf(refusal: Refusal, dialect: Dialect | null, requestId: string): Facts {
  const told = tell(refusal);
  const { message, retryAfter } = told;
  const words = WORDS[refusal.code];
  const status = (dialect === null ? undefined : words?.status?.[dialect]) ?? told.status;
  const names = namesOf(status);
  return {
    status,
    message,
    retryAfter: retryAfter === null ? null : Math.min(LONGEST_WAIT, Math.max(1, Math.ceil(retryAfter))),
    requestId,
    names,
    openaiType: openaiType(refusal, names),
    openaiCode: words?.openai?.code ?? refusal.code,
    param: paramOf(refusal),
    geminiReason: words?.gemini ?? refusal.code.toUpperCase(),
    quota: quotaFailure(refusal, message),
  };
}

const newRequestId = (): string => `req_dg_${crypto.randomUUID().replaceAll("-", "")}`;

/**
 * The body of an error, for an event stream that has begun.
 *
 * @param refusal why
 */
export const errorBody = (refusal: Refusal, dialect: Dialect): object =>
  BODIES[dialect](factsOf(refusal, dialect, newRequestId()));

/**
 * Makes the answer to a refused request in the shape of the client's provider, so that its SDK raises its own error type.
 *
 * @param refusal why
 * @param dialect of the route; null where the provider can't be told
 */
export function refusalResponse(refusal: Refusal, dialect: Dialect | null): Response {
  const facts = factsOf(refusal, dialect, newRequestId());
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
