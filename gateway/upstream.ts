import type { Later } from "./admission.ts";
import type { Bindings } from "./bindings.ts";
import { isNotedThrottled, isServedNews, noteRejected, noteServed, noteThrottled } from "./key-health.ts";
import { errorCode } from "./keys/error-code.ts";
import { keysFor, leaveOut, movesOn, takeIn } from "./keys/pool.ts";
import { mayBeThrottled, verdictOf, type Verdict } from "./keys/verdict.ts";
import { log } from "./log.ts";
import { PROVIDER_ROWS, ROUTE_ROWS } from "./providers.ts";
import { refuseBrokenOff } from "./reading/body.ts";
import { Refused } from "./refusals.ts";
import type { KeylessRequest } from "./relay.ts";
import { Replay } from "./replay.ts";
import { scrubText } from "./scrub.ts";
import type { Permit } from "./stages/admit.ts";
import { type Detour, fetchWithKey } from "./way.ts";

/** How much of a rejection goes into the owner's log, in characters. */
const REASON_LENGTH = 500;

/** What going upstream needs beside the request and its permit. */
export interface Outward {
  bindings: Bindings;
  /** The relay for locations that the provider refuses; null where that is off. */
  detour: Detour | null;
  later: Later;
}

/** The relay, and where this request is. */
export function outwardOf(request: Pick<Request, "cf">, bindings: Bindings, later: Later): Outward {
  const { relays } = bindings;
  if (relays === null) return { bindings, detour: null, later };
  // `cf` is parsed at the first look, and hardly any request needs it.
  const colo = (): string => {
    const found = request.cf?.["colo"];
    return typeof found === "string" ? found : "";
  };
  return { bindings, detour: { relays, colo }, later };
}

/** Writes down what was learnt of a key, for the requests to come and for the owner. */
function learn(verdict: Exclude<Verdict, null>, status: number, permit: Permit, { bindings, later }: Outward): string {
  const { key, keys, route } = permit;
  const { provider } = ROUTE_ROWS[route];
  const now = Date.now();
  const position = bindings.providers[provider].places[keys.indexOf(key)] ?? null;
  const facts = { provider, status, secret: PROVIDER_ROWS[provider].keySecret, position };
  const fault = { status, code: errorCode(verdict.text, keys) };
  leaveOut(key, verdict, now);
  if (verdict.key === "throttled") {
    log("warn", "provider_key_throttled", { ...facts, forMs: verdict.forMs });
    later(noteThrottled(bindings, provider, key, fault, now + verdict.forMs, now));
    return "";
  }
  // Cut afterwards: a key that stands across the cut would leave its beginning in the log.
  const reason = scrubText(verdict.text, keys).slice(0, REASON_LENGTH);
  log("error", "provider_key_rejected", { ...facts, reason });
  later(noteRejected(bindings, provider, key, fault, now));
  return reason;
}

function welcome(permit: Permit, askedAt: number, { bindings, later }: Outward): void {
  const { provider } = ROUTE_ROWS[permit.route];
  takeIn(permit.key, askedAt);
  if (isServedNews(permit.key, askedAt)) later(noteServed(bindings, provider, permit.key, askedAt));
}

/**
 * Looks, behind the request, whether an error says that the only key has no more to give. Nothing follows from it but that the
 * owner sees why holders get errors.
 */
function watchOnlyKey(answer: Response, { key, keys, route }: Permit, { bindings, later }: Outward): void {
  const { provider } = ROUTE_ROWS[route];
  const now = Date.now();
  if (keys.length !== 1 || !mayBeThrottled(provider, answer.status) || isNotedThrottled(key, now)) return;
  // Its beginning is copied before this returns; the answer itself is handed on unread.
  const said = verdictOf(provider, answer, true, now);
  const note = async (): Promise<void> => {
    const verdict = await said;
    if (verdict?.key !== "throttled") return;
    const fault = { status: answer.status, code: errorCode(verdict.text, keys) };
    await noteThrottled(bindings, provider, key, fault, now + verdict.forMs, now);
  };
  later(note());
}

/**
 * Sends a request to its provider: with the token's own key, and with the next one where the provider doesn't accept it or
 * has had enough of it, and the body can be sent again. Each key is tried once at most; an answer that has begun is final.
 *
 * @param request without the key, which is put into its headers for the direct way
 * @param permit is told which key was used in the end
 * @returns the provider's answer
 * @throws Refused `provider_key_rejected` where it is about the gateway's key: the holder would take their token for dead;
 *   `unreadable_request` where the client broke its body off; whatever fetch throws
 */
export async function fetchUpstream(request: KeylessRequest, permit: Permit, outward: Outward): Promise<Response> {
  const { provider } = ROUTE_ROWS[request.route];
  const replay = new Replay(request);
  const keys = keysFor(permit, Date.now());
  try {
    for (const [index, key] of keys.entries()) {
      const askedAt = Date.now();
      const more = replay.possible && index + 1 < keys.length;
      permit.key = key;
      const answer = await fetchWithKey(key, request, { replay, more }, outward.detour, askedAt);
      const verdict = await verdictOf(provider, answer, permit.keys.length > 1, Date.now());
      if (verdict === null) {
        if (answer.ok || answer.webSocket !== null) welcome(permit, askedAt, outward);
        else watchOnlyKey(answer, permit, outward);
        return answer;
      }
      const reason = learn(verdict, answer.status, permit, outward);
      const goesOn = more && movesOn(verdict, permit);
      if (verdict.key === "throttled" && !goesOn) return answer;
      answer.body?.cancel().catch(() => undefined);
      if (!goesOn) throw new Refused({ code: "provider_key_rejected", provider, status: answer.status, reason });
    }
  } catch (error) {
    // A client that is gone gets no answer, whatever its body was.
    if (error instanceof Refused || request.signal.aborted || !(await replay.isBrokenOff())) throw error;
    return refuseBrokenOff(error);
  } finally {
    replay.done();
  }
  throw new Error("a permit without a key");
}
