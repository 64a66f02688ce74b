/**
 * SHA-256 of a token, as lower-case hex: the KV key of its record. The token has 190 bits of entropy, or was chosen by
 * the owner knowing that it is a password; a slow hash would cost each request more CPU than the free plan has.
 *
 * @param token the secret
 * @returns 64 hexadecimal digits
 */
export async function hashToken(token: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
