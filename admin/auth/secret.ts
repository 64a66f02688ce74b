/** What a derived key is for. Each has a key of its own, so that nothing made for one counts for another. */
const KEY_INFOS = {
  session: "doppelgate admin session signing key v1",
  challenge: "doppelgate admin passkey challenge key v1",
  passkey: "doppelgate admin passkey seal key v1",
} as const;

/** The name of what a derived key is for. */
export type KeyUse = keyof typeof KEY_INFOS;

const utf8 = new TextEncoder();

const digest = (text: string): Promise<ArrayBuffer> => crypto.subtle.digest("SHA-256", utf8.encode(text));

/**
 * Compares a password with the secret. Both are hashed first, so that neither the length nor the first differing
 * character shows in the time that it takes.
 */
export async function isSecret(password: string, secret: string): Promise<boolean> {
  const [given, wanted] = await Promise.all([digest(password), digest(secret)]);
  return crypto.subtle.timingSafeEqual(given, wanted);
}

/**
 * Derives a key from the secret. Changing the secret changes the key, and what was signed with it counts no more.
 *
 * @param secret `ADMIN_SECRET`
 * @returns an HMAC-SHA-256 key that can't be read out again
 */
export async function derivedKey(secret: string, use: KeyUse): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", utf8.encode(secret), "HKDF", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info: utf8.encode(KEY_INFOS[use]) },
    material,
    { name: "HMAC", hash: "SHA-256", length: 256 },
    false,
    ["sign", "verify"],
  );
}

/** Derives the key that signs sessions; see `derivedKey`. */
export const signingKey = (secret: string): Promise<CryptoKey> => derivedKey(secret, "session");
