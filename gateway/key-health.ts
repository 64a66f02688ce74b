import { DurableObject } from "cloudflare:workers";
import type { Provider } from "../shared/providers.ts";
import type { Bindings } from "./bindings.ts";
import { log } from "./log.ts";

const REJECTED = "rejected";
/** How often an isolate writes the same news down, in ms: a dead key is met by every request. */
const REPEAT_MS = 60_000;

/** When a key was last rejected. */
interface Rejection {
  /** Tells one key from the next, so that a new one isn't blamed for the old one. */
  fingerprint: string;
  /** ms since 1970. */
  at: number;
}

/** One Durable Object for each provider: whether it accepts the gateway's key. Told only when that changes. */
export class KeyHealth extends DurableObject<GatewayEnv> {
  /** Notes that the key was rejected, or (null) that what was noted is over. */
  async note(rejection: Rejection | null): Promise<void> {
    if (rejection === null) this.ctx.storage.kv.delete(REJECTED);
    else this.ctx.storage.kv.put(REJECTED, rejection);
  }

  /**
   * When this very key was last rejected.
   *
   * @returns ms since 1970; null where it wasn't, or is accepted again
   */
  async rejectedAt(fingerprint: string): Promise<number | null> {
    const noted = this.ctx.storage.kv.get<Rejection>(REJECTED);
    return noted !== undefined && noted.fingerprint === fingerprint ? noted.at : null;
  }
}

/** What this isolate last noted, by provider: when, in ms since 1970. */
const noted = new Map<Provider, number>();

async function fingerprintOf(key: string): Promise<string> {
  const bytes = new TextEncoder().encode(`doppelgate key fingerprint ${key}`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Writes down, for the owner, that a provider rejected the gateway's key.
 *
 * @param now ms since 1970
 */
export async function noteRejected(bindings: Bindings, provider: Provider, now: number): Promise<void> {
  const { key } = bindings.providers[provider];
  const last = noted.get(provider);
  if (key === null || (last !== undefined && now - last < REPEAT_MS)) return;
  noted.set(provider, now);
  await tell(bindings, provider, { fingerprint: await fingerprintOf(key), at: now });
}

/** Whether this isolate noted that a provider's key was rejected. */
export const isNotedRejected = (provider: Provider): boolean => noted.has(provider);

/** Takes the note back, at the first answer that shows the key to be accepted. */
export async function noteAccepted(bindings: Bindings, provider: Provider): Promise<void> {
  noted.delete(provider);
  await tell(bindings, provider, null);
}

async function tell(bindings: Bindings, provider: Provider, rejection: Rejection | null): Promise<void> {
  try {
    await bindings.keyHealth.getByName(provider).note(rejection);
  } catch (error) {
    // The log has it already; the console will have it with the next rejection.
    log("warn", "key_health_failed", { provider, reason: String(error) });
    noted.delete(provider);
  }
}

/**
 * When a provider last rejected the key that is set now.
 *
 * @returns ms since 1970; null where it didn't, or there is no key
 */
export async function keyRejectedAt(bindings: Bindings, provider: Provider): Promise<number | null> {
  const { key } = bindings.providers[provider];
  return key === null ? null : bindings.keyHealth.getByName(provider).rejectedAt(await fingerprintOf(key));
}
