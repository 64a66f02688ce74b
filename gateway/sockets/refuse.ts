import { withDeadline } from "../../shared/deadline.ts";
import type { SocketEndpoint } from "./endpoints.ts";
import { closeReason } from "./frames.ts";
import type { Goodbye } from "./relay.ts";
import { selectedSubprotocol } from "./subprotocols.ts";

/** Policy violation: clients don't try again (openai's `isRecoverableClose`). */
const FINAL = 1008;
/** Try again later: clients that reconnect do so. */
const PASSING = 1013;
/** Statuses after which another try makes sense; the ones that openai's sockets try again after. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
/** How long the body of a provider's refusal may take, in ms, and how much of it is looked at, in characters. */
const BODY_DEADLINE_MS = 5_000;
const BODY_LIMIT = 64 * 1024;

/** Headers of an answer that isn't 101, or of the provider's own handshake: none of them is true of the gateway's 101. */
const NOT_OF_A_101 = [
  "content-type",
  "content-length",
  "content-encoding",
  "transfer-encoding",
  "allow",
  "location",
  "upgrade",
  "sec-websocket-accept",
  "sec-websocket-extensions",
  "sec-websocket-protocol",
  "sec-websocket-version",
];

/** An error as OpenAI's frames have it. */
interface FrameError {
  type: string;
  code: string | null;
  message: string;
  param: string | null;
}

const textOr = <Other>(value: unknown, other: Other): string | Other => (typeof value === "string" ? value : other);

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

function errorIn(body: unknown): Partial<Record<keyof FrameError, unknown>> | null {
  // Google puts its error into a list on some paths.
  const one: unknown = Array.isArray(body) ? body[0] : body;
  if (typeof one !== "object" || one === null || !("error" in one)) return null;
  return typeof one.error === "object" ? one.error : null;
}

async function bodyOf(response: Response): Promise<string> {
  try {
    return await withDeadline(response.text(), BODY_DEADLINE_MS, "the body of a refused upgrade");
  } catch {
    return "";
  }
}

async function readError(response: Response): Promise<FrameError> {
  const body = (await bodyOf(response)).slice(0, BODY_LIMIT);
  const error = errorIn(parsed(body)) ?? {};
  return {
    type: textOr(error.type, response.status < 500 ? "invalid_request_error" : "server_error"),
    code: textOr(error.code, null),
    message: textOr(error.message, `The provider refused the connection with status ${response.status}.`),
    param: textOr(error.param, null),
  };
}

function isPassing({ status, headers }: Response, { code }: FrameError): boolean {
  if (headers.get("x-should-retry") === "false" || code === "insufficient_quota") return false;
  return PASSING_STATUSES.has(status);
}

/**
 * Puts a refusal into a form that a socket's client can read.
 *
 * @param refusal the gateway's own, or the provider's with key and account taken out
 * @param endpoint that the socket is for
 */
export async function goodbyeOf(refusal: Response, endpoint: SocketEndpoint): Promise<Goodbye> {
  const error = await readError(refusal);
  const code = isPassing(refusal, error) ? PASSING : FINAL;
  // 429 stays: with `insufficient_quota` it says in itself that trying again is useless.
  const isRenamed = code === FINAL && refusal.status !== 429;
  const status = (isRenamed ? endpoint.finalStatus : null) ?? refusal.status;
  return {
    frame: endpoint.errorFrames ? JSON.stringify({ type: "error", status, error }) : null,
    code,
    reason: closeReason(error.message),
  };
}

/**
 * Refuses a handshake readably. Clients built on `ws`, and every browser, hide the body of an answer that isn't 101; so the
 * socket is opened, told what is wrong, and closed.
 *
 * @param refusal the gateway's own, or the provider's with key and account taken out. A 426 stays as it is: clients take
 *   it as the word to go on by HTTP (Codex does at once)
 * @param endpoint that the socket is for
 * @param offered subprotocols, without credentials
 */
export async function refuseSocket(
  refusal: Response,
  endpoint: SocketEndpoint,
  offered: readonly string[],
): Promise<Response> {
  if (refusal.status === 426) return refusal;
  const { frame, code, reason } = await goodbyeOf(refusal, endpoint);
  const { 0: client, 1: own } = new WebSocketPair();
  own.accept();
  if (frame !== null) own.send(frame);
  own.close(code, reason);
  const headers = new Headers(refusal.headers);
  for (const name of NOT_OF_A_101) headers.delete(name);
  const subprotocol = selectedSubprotocol(offered, null);
  if (subprotocol !== null) headers.set("sec-websocket-protocol", subprotocol);
  return new Response(null, { status: 101, webSocket: client, headers });
}
