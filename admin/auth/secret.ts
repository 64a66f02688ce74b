const SIGNING_KEY_INFO = "doppelgate admin session signing key v1";
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
 * Derives the key that signs sessions. Changing the secret changes the key, which signs everyone out.
 *
 * @param secret `ADMIN_SECRET`
 * @returns an HMAC-SHA-256 key that can't be read out again
 */
export async function signingKey(secret: string): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", utf8.encode(secret), "HKDF", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info: utf8.encode(SIGNING_KEY_INFO) },
    material,
    { name: "HMAC", hash: "SHA-256", length: 256 },
    false,
    ["sign", "verify"],
  );
}
