import type { KeyFacts, ProviderFacts } from "../shared/control.ts";
import type { Provider } from "../shared/providers.ts";
import type { Bindings } from "./bindings.ts";
import { dayOf } from "./calendar.ts";
import { type KeyNews, USED_MS } from "./key-store.ts";
import { fingerprintOf } from "./keys/fingerprint.ts";
import { LEDGER_NAME } from "./ledger/ledger.ts";
import { log } from "./log.ts";

export { KeyHealth } from "./key-store.ts";

/** How often an isolate writes the same news down, in ms: a dead key is met by every request. */
const REPEAT_MS = 60_000;

/** What the provider's answer said of a key. */
export interface KeyFault {
  status: number;
  /** The provider's own name of it; null where it has none. */
  code: string | null;
}

/** What this isolate last noted, by key: when, in ms since 1970. */
const noted = new Map<string, number>();
/** The same of keys that were throttled. */
const throttled = new Map<string, number>();
/** The same of keys that served a request. */
const served = new Map<string, number>();
/** The day of which this isolate last let webhooks know, by key. */
const told = new Map<string, string>();

/** Whether news may be written down again; notes that it is. */
function isDue(notes: Map<string, number>, key: string, now: number, every: number): boolean {
  const last = notes.get(key);
  if (last !== undefined && now - last < every) return false;
  notes.set(key, now);
  return true;
}

/**
 * Writes down, for the owner, that a provider rejected one of the gateway's keys, and lets webhooks know.
 *
 * @param key the provider key
 * @param fault what the provider said
 * @param now ms since 1970
 */
export async function noteRejected(
  bindings: Bindings,
  provider: Provider,
  key: string,
  { status, code }: KeyFault,
  now: number,
): Promise<void> {
  if (!isDue(noted, key, now, REPEAT_MS)) return;
  served.delete(key);
  await Promise.all([
    tell(bindings, provider, key, { what: "rejected", at: now, status, code }),
    notify(bindings, provider, key, status, now),
  ]);
}

/** Every isolate meets a dead key: a day's notices of one key are one. */
async function notify(
  { ledgers }: Bindings,
  provider: Provider,
  key: string,
  status: number,
  now: number,
): Promise<void> {
  const day = dayOf(now);
  if (told.get(key) === day) return;
  try {
    const id = `${provider}:key_rejected:${await fingerprintOf(key)}:${day}`;
    await ledgers.getByName(LEDGER_NAME).notify({ id, at: now, type: "provider_key.rejected", provider, status });
    told.set(key, day);
  } catch (error) {
    // It is told with the next rejection that is noted.
    log("warn", "ledger_failed", { provider, reason: String(error) });
  }
}

/** Whether this isolate would write down now (ms since 1970) that a key is throttled, or did so a moment ago. */
export const isNotedThrottled = (key: string, now: number): boolean => now - (throttled.get(key) ?? 0) < REPEAT_MS;

/**
 * Writes down that a key has no more to give for a while.
 *
 * @param until ms since 1970
 * @param now ms since 1970
 */
export async function noteThrottled(
  bindings: Bindings,
  provider: Provider,
  key: string,
  { status, code }: KeyFault,
  until: number,
  now: number,
): Promise<void> {
  if (!isDue(throttled, key, now, REPEAT_MS)) return;
  await tell(bindings, provider, key, { what: "throttled", at: now, status, code, until });
}

/** Whether there is anything to write down of a key that served a request. `now`: ms since 1970. */
export const isServedNews = (key: string, now: number): boolean =>
  noted.has(key) || now - (served.get(key) ?? 0) >= USED_MS;

/**
 * Writes down that a key served a request, every 10 minutes at most, and at once after a rejection, which it takes back.
 *
 * @param at when the request was sent, ms since 1970
 */
export async function noteServed(bindings: Bindings, provider: Provider, key: string, at: number): Promise<void> {
  noted.delete(key);
  told.delete(key);
  served.set(key, at);
  await tell(bindings, provider, key, { what: "served", at });
}

/** Forgets what this isolate noted; for tests. */
export function forgetNotes(): void {
  for (const notes of [noted, throttled, served, told]) notes.clear();
}

async function tell(bindings: Bindings, provider: Provider, key: string, news: KeyNews): Promise<void> {
  try {
    await bindings.keyHealth.getByName(provider).note(await fingerprintOf(key), news);
  } catch (error) {
    // The log has it already; the console will have it with the next news.
    log("warn", "key_health_failed", { provider, reason: String(error) });
    for (const notes of [noted, throttled, served]) notes.delete(key);
  }
}

/** What is known of the keys of a provider that are set now, in their order. */
async function keyFacts({ keyHealth, providers }: Bindings, provider: Provider): Promise<KeyFacts[]> {
  const { keys, places } = providers[provider];
  const fingerprints = await Promise.all(keys.map(fingerprintOf));
  if (fingerprints.length === 0) return [];
  // A copy: an RPC result that is handed on would keep the other object's call open.
  const known = structuredClone(await keyHealth.getByName(provider).known(fingerprints));
  return fingerprints.flatMap((fingerprint, index) => {
    const facts = known[index];
    return facts === undefined ? [] : [{ fingerprint, place: places[index] ?? index + 1, ...facts }];
  });
}

/**
 * What is known of a provider: of the keys that are set now, and of its settings.
 *
 * @throws where the storage fails
 */
export async function providerFacts(bindings: Bindings, provider: Provider): Promise<ProviderFacts> {
  const { unusable, overridden } = bindings.providers[provider];
  const keys = await keyFacts(bindings, provider);
  const times = keys.flatMap(({ rejectedAt }) => rejectedAt ?? []);
  const rejectedAt = times.length === 0 ? null : Math.max(...times);
  return { configured: keys.length > 0, rejectedAt, keys, unusable: [...unusable], overridden };
}
