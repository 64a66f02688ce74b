/** Two hexadecimal digits for each byte: formatting each anew was dearer than the digest. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

const encoder = new TextEncoder();

/** SHA-256 of a text in UTF-8, as 64 hexadecimal digits in lower case. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(text));
  let hex = "";
  for (const byte of new Uint8Array(digest)) hex += HEX[byte];
  return hex;
}

/**
 * SHA-256 of a token, as lower-case hex: the KV key of its record. The token has 190 bits of entropy, or was chosen by
 * the owner knowing that it is a password; a slow hash would cost each request more CPU than the free plan has.
 *
 * @param token the secret
 * @returns 64 hexadecimal digits
 */
export const hashToken = (token: string): Promise<string> => sha256(token);
