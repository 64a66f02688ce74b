import { Secret, TOTP } from "otpauth";
import { TOTP_STEP } from "../registry/proofs.ts";

// RFC 6238 with what every authenticator app takes: SHA-1, six digits, steps of 30 s.
const DIGITS = 6;
/** RFC 4226 asks for 128 bits. */
const MIN_BYTES = 16;
/** As long as the hash, as RFC 4226 recommends. */
const NEW_BYTES = 20;
/** Clocks differ: the code of the step before and of the one after count too. */
const WINDOW = 1;

/**
 * Reads a base32 secret, as authenticator apps show it: in any case, with spaces or dashes.
 *
 * @returns its bytes; null where it isn't base32 or too short
 */
export function readTotpSecret(value: unknown): Uint8Array | null {
  if (typeof value !== "string") return null;
  const text = value.replaceAll(/[\s-]/g, "").toUpperCase();
  if (!/^[A-Z2-7]+={0,6}$/.test(text)) return null;
  const bytes = new Uint8Array(Secret.fromBase32(text).buffer);
  return bytes.length < MIN_BYTES ? null : bytes;
}

const generator = (secret: Secret, host: string): TOTP =>
  new TOTP({ issuer: "Doppelgate", label: host, secret, digits: DIGITS, period: TOTP_STEP / 1000, algorithm: "SHA1" });

const secretOf = (key: Uint8Array): Secret => new Secret({ buffer: key.slice().buffer });

/**
 * Tells which step a code is of.
 *
 * @param code as typed: six digits, spaces among them don't matter
 * @param now ms since 1970
 * @returns null where it is the code of none of the three steps around now
 */
export function codeStep(key: Uint8Array, code: string, now: number): number | null {
  const token = code.replaceAll(/\s/g, "");
  if (!/^\d{6}$/.test(token)) return null;
  const delta = generator(secretOf(key), "").validate({ token, timestamp: now, window: WINDOW });
  return delta === null ? null : Math.floor(now / TOTP_STEP) + delta;
}

/** A secret for an authenticator: base32, and as the address that its QR code holds. */
export interface TotpSecret {
  base32: string;
  uri: string;
}

/**
 * A secret for an authenticator.
 *
 * @param key its bytes; left out: new random ones
 * @param host the admin's hostname, which the app shows
 */
export function totpSecret(
  host: string,
  key: Uint8Array = crypto.getRandomValues(new Uint8Array(NEW_BYTES)),
): TotpSecret {
  const secret = secretOf(key);
  return { base32: secret.base32, uri: generator(secret, host).toString() };
}
