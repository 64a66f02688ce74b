import { base64url } from "jose";
import { derivedKey } from "./secret.ts";

// A challenge says by itself until when and for what it counts, so one that nobody answers costs no storage: whoever
// opens the sign-in page could fill it. One that was answered is spent in the registry.

const RANDOM_BYTES = 16;
const TIME_BYTES = 8;
const MAC_BYTES = 16;
const utf8 = new TextEncoder();

/** How long a challenge counts, in ms. */
export const CHALLENGE_MS = 5 * 60_000;

/** What a passkey is asked for. A challenge for one of them counts for no other, nor in another session. */
export type Purpose = "sign-in" | `confirm:${string}` | `register:${string}`;

async function macOf(secret: string, body: Uint8Array, purpose: Purpose): Promise<Uint8Array> {
  const key = await derivedKey(secret, "challenge");
  const all = new Uint8Array([...body, ...utf8.encode(purpose)]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, all)).slice(0, MAC_BYTES);
}

/**
 * Makes a challenge.
 *
 * @param secret `ADMIN_SECRET`
 * @param now ms since 1970
 */
export async function makeChallenge(secret: string, purpose: Purpose, now: number): Promise<Uint8Array<ArrayBuffer>> {
  const body = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES + TIME_BYTES));
  new DataView(body.buffer).setFloat64(RANDOM_BYTES, now + CHALLENGE_MS);
  return new Uint8Array([...body, ...(await macOf(secret, body, purpose))]);
}

/**
 * Reads a challenge that came back.
 *
 * @param text base64url
 * @returns when it ends, ms since 1970; null where it isn't ours, is for something else, or has ended
 */
export async function readChallenge(
  secret: string,
  text: string,
  purpose: Purpose,
  now: number,
): Promise<number | null> {
  if (!/^[\w-]{54}$/.test(text)) return null;
  const bytes = base64url.decode(text);
  // One text for each challenge: a second spelling of the same bytes would be a second use.
  if (bytes.length !== RANDOM_BYTES + TIME_BYTES + MAC_BYTES || base64url.encode(bytes) !== text) return null;
  const body = bytes.slice(0, RANDOM_BYTES + TIME_BYTES);
  const mac = bytes.slice(RANDOM_BYTES + TIME_BYTES);
  if (!crypto.subtle.timingSafeEqual(mac, await macOf(secret, body, purpose))) return null;
  const endsAt = new DataView(body.buffer).getFloat64(RANDOM_BYTES);
  return now < endsAt ? endsAt : null;
}
