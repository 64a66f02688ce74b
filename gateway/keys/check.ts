import type { KeyCheck, KeyCheckResult } from "../../shared/control.ts";
import type { Provider } from "../../shared/providers.ts";
import type { Bindings } from "../bindings.ts";
import { noteRejected, noteServed, noteThrottled } from "../key-health.ts";
import { PROVIDER_ROWS, ROUTE_ROWS } from "../providers.ts";
import { errorCode } from "./error-code.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { leaveOut, takeIn } from "./pool.ts";
import { verdictOf } from "./verdict.ts";

/** How long a provider may take to answer, in ms. */
const DEADLINE_MS = 10_000;
/** The most keys of one look: the free plan lets a request ask for 50 things in all. */
const MOST_CHECKED = 40;

function ask(provider: Provider, origin: string, key: string): Promise<Response> {
  const { path, headers } = PROVIDER_ROWS[provider].check;
  // The route that is called as the provider is its own one.
  const { keyHeader, keyPrefix } = ROUTE_ROWS[provider];
  return fetch(`${origin}${path}`, {
    headers: { ...headers, [keyHeader]: keyPrefix + key },
    // Following a redirect would take the key along to wherever it points.
    redirect: "manual",
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
}

type Found = Pick<KeyCheck, "result" | "status" | "code">;

async function look(bindings: Bindings, provider: Provider, key: string): Promise<Found> {
  const { origin, keys } = bindings.providers[provider];
  const askedAt = Date.now();
  const answer = await ask(provider, origin, key);
  const { status } = answer;
  const now = Date.now();
  const verdict = await verdictOf(provider, answer, true, now);
  answer.body?.cancel().catch(() => undefined);
  if (answer.ok) {
    takeIn(key, askedAt);
    await noteServed(bindings, provider, key, askedAt);
    return { result: "ok", status, code: null };
  }
  if (verdict === null) return { result: "failed", status, code: null };
  const code = errorCode(verdict.text, keys);
  leaveOut(key, verdict, now);
  if (verdict.key === "rejected") await noteRejected(bindings, provider, key, { status, code }, now);
  else await noteThrottled(bindings, provider, key, { status, code }, now + verdict.forMs, now);
  return { result: verdict.key, status, code };
}

/**
 * Makes one free call with each key of a provider, all at the same time, and notes what it shows, as a request of a holder's would.
 *
 * @returns in the order of the secret
 */
export async function checkKeys(bindings: Bindings, provider: Provider): Promise<KeyCheck[]> {
  const { keys, places } = bindings.providers[provider];
  const one = async (key: string, index: number): Promise<KeyCheck> => {
    const named = { fingerprint: await fingerprintOf(key), place: places[index] ?? index + 1 };
    const begun = Date.now();
    // Why there was no answer isn't told: the message of a foreign fault could hold anything.
    const nobody = { result: "unreachable" as KeyCheckResult, status: null, code: null };
    const found = await look(bindings, provider, key).catch(() => nobody);
    return { ...named, ...found, ms: Date.now() - begun };
  };
  return Promise.all(keys.slice(0, MOST_CHECKED).map(one));
}
