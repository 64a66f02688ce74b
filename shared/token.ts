import { crc32 } from "./crc32.ts";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const PREFIX = "dg_";
const CLAIM_PREFIX = "dgc_";
const ID_LENGTH = 10;
const RANDOM_LENGTH = 32;
const CHECKSUM_LENGTH = 6;
const GENERATED = /^[0-9A-Za-z]{48}$/;
const TYPED = /^[A-Za-z0-9_.-]{16,256}$/;
const TOKEN_ID = /^[0-9A-Za-z]{10}$/;

/** Beginnings that a typed token may not have: clients look at them and switch mode. `typedTokenProblem` says why. */
const RESERVED = /^(?:dgc?_|ek_|auth_tokens|sk-ant-oat)/;

/** What a string that may be a token is, as far as the string alone tells. */
export type TokenShape = { kind: "generated"; id: string } | { kind: "typed" };

function randomBase62(length: number): string {
  let text = "";
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length * 2))) {
      // 248 = 4 × 62: dropping the rest keeps every character equally likely.
      if (byte < 248 && text.length < length) text += ALPHABET.charAt(byte % 62);
    }
  }
  return text;
}

function checksum(body: string): string {
  let rest = crc32(body);
  let text = "";
  for (let place = 0; place < CHECKSUM_LENGTH; place++) {
    text = ALPHABET.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

/** A new public token id: 10 base62 characters (59 bits) from a CSPRNG. */
export function newTokenId(): string {
  return randomBase62(ID_LENGTH);
}

/** Tells whether a string has the form of a token id. */
export function isTokenId(text: string): boolean {
  return TOKEN_ID.test(text);
}

function generate(prefix: string, id: string): string {
  const body = prefix + id + randomBase62(RANDOM_LENGTH);
  return body + checksum(body);
}

/** The token id in a generated secret; null where it isn't one, or was copied wrongly. */
function idIn(prefix: string, text: string): string | null {
  if (!text.startsWith(prefix) || !GENERATED.test(text.slice(prefix.length))) return null;
  if (checksum(text.slice(0, -CHECKSUM_LENGTH)) !== text.slice(-CHECKSUM_LENGTH)) return null;
  return text.slice(prefix.length, prefix.length + ID_LENGTH);
}

/**
 * A new token secret: `dg_`, the token id, 32 base62 characters (190 bits) from a CSPRNG, and 6 of CRC-32 in base62,
 * so that a secret scanner can tell a token from a look-alike without asking anybody. Browsers run it too.
 *
 * @param id the token id that the secret belongs to
 */
export const generateToken = (id: string): string => generate(PREFIX, id);

/**
 * A new secret of a claim link: as a token's, but that it begins with `dgc_`. It opens nothing at a provider's path.
 *
 * @param id of the token that is handed over by it
 */
export const generateClaim = (id: string): string => generate(CLAIM_PREFIX, id);

/**
 * Reads the secret of a claim link. No I/O, so junk costs nothing.
 *
 * @returns the id of its token; null where it isn't such a secret
 */
export const claimedId = (text: string): string | null => idIn(CLAIM_PREFIX, text);

/**
 * Reads the shape of a string that may be a token. No I/O, so junk costs nothing.
 *
 * @param text what a client sent as its API key
 * @returns the shape, or null where it can't be a token
 */
export function tokenShape(text: string): TokenShape | null {
  if (text.startsWith(PREFIX)) {
    const id = idIn(PREFIX, text);
    return id === null ? null : { kind: "generated", id };
  }
  return TYPED.test(text) && !RESERVED.test(text) ? { kind: "typed" } : null;
}

/**
 * Why a typed token can't begin so. `dg_` is ours; a typed token under it would be read as a generated one with a wrong
 * checksum.
 */
const RESERVED_WHY: Readonly<Record<string, string>> = {
  dg_: "tokens made by Doppelgate begin with it",
  dgc_: "the secrets of claim links begin with it",
  ek_: "the OpenAI SDK takes it for an ephemeral key",
  auth_tokens: "the Gemini SDK takes it for an ephemeral token",
  "sk-ant-oat": "Anthropic clients take it for an OAuth token",
};

/**
 * Says why a string can't be a token typed by the owner. Only the admin says it; the gateway's bundle hasn't these words.
 *
 * @returns a sentence for the owner that doesn't repeat the string, or null where the string is fine
 */
export function typedTokenProblem(text: string): string | null {
  if (text.length < 16) return "A token needs at least 16 characters.";
  if (text.length > 256) return "A token has at most 256 characters.";
  if (!TYPED.test(text)) return "A token may hold only letters, digits and the characters _ . -";
  const prefix = RESERVED.exec(text)?.[0];
  return prefix === undefined ? null : `A token can't begin with ${prefix}: ${RESERVED_WHY[prefix]}.`;
}
