import { DurableObject } from "cloudflare:workers";
import type { KeyFacts } from "../shared/control.ts";
import type { Provider } from "../shared/providers.ts";
import type { Bindings } from "./bindings.ts";
import { fingerprintOf } from "./keys/fingerprint.ts";
import { LEDGER_NAME } from "./ledger/ledger.ts";
import { log } from "./log.ts";

/** How often an isolate writes the same news down, in ms: a dead key is met by every request. */
const REPEAT_MS = 60_000;

/** Where a rejection is noted, by the key's fingerprint: a new key isn't blamed for the old one. */
const place = (fingerprint: string): string => `rejected:${fingerprint}`;

/** One Durable Object for each provider: whether it accepts the gateway's keys. Told only when that changes. */
export class KeyHealth extends DurableObject<GatewayEnv> {
  /**
   * Notes that a key was rejected, or that what was noted is over.
   *
   * @param at ms since 1970; null: it is accepted again
   */
  async note(fingerprint: string, at: number | null): Promise<void> {
    if (at === null) this.ctx.storage.kv.delete(place(fingerprint));
    else this.ctx.storage.kv.put(place(fingerprint), at);
  }

  /**
   * When these very keys were last rejected.
   *
   * @returns in the order of the fingerprints: ms since 1970; null where a key wasn't, or is accepted again
   */
  async rejectedAt(fingerprints: readonly string[]): Promise<(number | null)[]> {
    return fingerprints.map((fingerprint) => this.ctx.storage.kv.get<number>(place(fingerprint)) ?? null);
  }
}

/** What this isolate last noted, by key: when, in ms since 1970. */
const noted = new Map<string, number>();
/** The day of which this isolate last let webhooks know, by key. */
const told = new Map<string, string>();

/**
 * Writes down, for the owner, that a provider rejected one of the gateway's keys, and lets webhooks know.
 *
 * @param key the provider key
 * @param status of the provider's answer
 * @param now ms since 1970
 */
export async function noteRejected(
  bindings: Bindings,
  provider: Provider,
  key: string,
  status: number,
  now: number,
): Promise<void> {
  const last = noted.get(key);
  if (last !== undefined && now - last < REPEAT_MS) return;
  noted.set(key, now);
  await Promise.all([tell(bindings, provider, key, now), notify(bindings, provider, key, status, now)]);
}

/** Every isolate meets a dead key: a day's notices of one key are one. */
async function notify(
  { ledgers }: Bindings,
  provider: Provider,
  key: string,
  status: number,
  now: number,
): Promise<void> {
  const day = new Date(now).toISOString().slice(0, 10);
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

/** Whether this isolate noted that a key was rejected. */
export const isNotedRejected = (key: string): boolean => noted.has(key);

/** Takes the note back, at the first answer that shows the key to be accepted. */
export async function noteAccepted(bindings: Bindings, provider: Provider, key: string): Promise<void> {
  noted.delete(key);
  told.delete(key);
  await tell(bindings, provider, key, null);
}

async function tell(bindings: Bindings, provider: Provider, key: string, at: number | null): Promise<void> {
  try {
    await bindings.keyHealth.getByName(provider).note(await fingerprintOf(key), at);
  } catch (error) {
    // The log has it already; the console will have it with the next rejection.
    log("warn", "key_health_failed", { provider, reason: String(error) });
    noted.delete(key);
  }
}

/**
 * What is known of the keys of a provider that are set now, in their order.
 *
 * @throws where the storage fails
 */
export async function keyFacts({ keyHealth, providers }: Bindings, provider: Provider): Promise<KeyFacts[]> {
  const fingerprints = await Promise.all(providers[provider].keys.map(fingerprintOf));
  if (fingerprints.length === 0) return [];
  // A copy: an RPC result that is handed on would keep the other object's call open.
  const times = [...(await keyHealth.getByName(provider).rejectedAt(fingerprints))];
  return fingerprints.map((fingerprint, index) => ({ fingerprint, rejectedAt: times[index] ?? null }));
}
