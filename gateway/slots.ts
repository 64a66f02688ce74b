import { tokenFinder, unescaped } from "./traces.ts";

/** A place where a client may put its API key. */
export interface Slots {
  authorization: string[];
  xApiKey: string[];
  xGoogApiKey: string[];
  /** Values of `?key=` and `?access_token=`, decoded. */
  query: string[];
  /** Values of `openai-insecure-api-key.…` in Sec-WebSocket-Protocol. */
  subprotocol: string[];
}

/** Schemes of `Authorization` that carry a key; `Token` is Python genai's for Live. */
const SCHEME = /^(?:bearer|token)\s+/i;
const SUBPROTOCOL = "openai-insecure-api-key.";

/** Query parameters that clients put a key in. */
const READ_PARAMETERS: ReadonlySet<string> = new Set(["key", "access_token"]);

/**
 * Query parameters that never go upstream, in lower case: credentials, and Google's system parameters that would turn
 * an allowed request into another one (cloud.google.com/apis/docs/system-parameters).
 */
const DROPPED_PARAMETERS: ReadonlySet<string> = new Set([
  "key",
  "access_token",
  "oauth_token",
  "$key",
  "$access_token",
  "$oauth_token",
  "api-key",
  "$httpmethod",
  "$ct",
]);

// A list header may repeat; its values then arrive joined by commas (RFC 9110 §5.3). No token holds a comma.
function listed(value: string | null): string[] {
  if (value === null) return [];
  const parts = value.includes(",") ? value.split(",") : [value];
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

const decoded = (text: string): string => (/[+%]/.test(text) ? unescaped(text.replaceAll("+", " ")) : text);

/** The name of a `name=value` pair of a query, decoded, in lower case. */
export function parameterName(pair: string): string {
  const equals = pair.indexOf("=");
  return decoded(equals === -1 ? pair : pair.slice(0, equals)).toLowerCase();
}

/** The value of a `name=value` pair of a query, decoded; empty where it has none. */
export function parameterValue(pair: string): string {
  const equals = pair.indexOf("=");
  return equals === -1 ? "" : decoded(pair.slice(equals + 1));
}

/**
 * The pairs of a query, as they came.
 *
 * @param query with its question mark, or empty
 */
export const queryPairs = (query: string): string[] => (query === "" ? [] : query.slice(1).split("&"));

/**
 * Reads every slot that a client is known to use. All of them, always: some clients send two credentials.
 *
 * @param headers the request's
 * @param query with its question mark, or empty
 */
export function readSlots(headers: Headers, query: string): Slots {
  return {
    authorization: listed(headers.get("authorization"))
      .filter((value) => SCHEME.test(value))
      .map((value) => value.replace(SCHEME, "").trim()),
    xApiKey: listed(headers.get("x-api-key")),
    xGoogApiKey: listed(headers.get("x-goog-api-key")),
    query: credentialPairs(query)
      .map(parameterValue)
      .filter((value) => value !== ""),
    subprotocol: listed(headers.get("sec-websocket-protocol"))
      .filter((value) => value.startsWith(SUBPROTOCOL))
      .map((value) => value.slice(SUBPROTOCOL.length)),
  };
}

/**
 * The pairs of a query in which a client sends its API key, as they came.
 *
 * @param query with its question mark, or empty
 */
export const credentialPairs = (query: string): string[] =>
  queryPairs(query).filter((pair) => READ_PARAMETERS.has(parameterName(pair)));

/** Every value of every slot, in no order that matters. */
export function slotValues(slots: Slots): string[] {
  return [...slots.authorization, ...slots.xApiKey, ...slots.xGoogApiKey, ...slots.query, ...slots.subprotocol];
}

/**
 * Takes the credentials out of a query and leaves every other byte as it was.
 *
 * @param query with its question mark, or empty
 * @param secrets strings that may not stand in what is left, under whatever name
 */
export function stripQuery(query: string, secrets: readonly string[]): string {
  if (query === "") return "";
  const holdsToken = tokenFinder(secrets);
  const kept = queryPairs(query).filter((pair) => !DROPPED_PARAMETERS.has(parameterName(pair)) && !holdsToken(pair));
  return kept.length === 0 ? "" : `?${kept.join("&")}`;
}
