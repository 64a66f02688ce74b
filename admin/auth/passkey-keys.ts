import { base64url } from "jose";
import type { Passkey } from "../registry/passkeys.ts";
import { derivedKey } from "./secret.ts";

const utf8 = new TextEncoder();
const LOCAL = /^(.+\.)?localhost$/;
const IP = /^[\d.]+$|^\[/;

/** Where passkeys work: WebAuthn's relying party id, and the one origin that may ask for them. */
export interface PasskeyPlace {
  host: string;
  origin: string;
}

/**
 * Where the passkeys of a request's admin work; null where browsers have none: at an address of digits, and without https
 * but on this very machine.
 */
export function passkeyPlace({ protocol, hostname, origin }: URL): PasskeyPlace | null {
  const isSecure = protocol === "https:" || LOCAL.test(hostname);
  return isSecure && !IP.test(hostname) ? { host: hostname, origin } : null;
}

/**
 * Binds a passkey to `ADMIN_SECRET`: an owner who changes the secret because it leaked must not have to wonder whether
 * somebody added a passkey meanwhile.
 */
export async function sealOf(secret: string, { id, publicKey }: Pick<Passkey, "id" | "publicKey">): Promise<string> {
  const mac = await crypto.subtle.sign("HMAC", await derivedKey(secret, "passkey"), utf8.encode(`${id}/${publicKey}`));
  return base64url.encode(new Uint8Array(mac));
}

/** Whether a passkey was added under the secret of today. */
export const isSealed = async (secret: string, passkey: Passkey): Promise<boolean> =>
  (await sealOf(secret, passkey)) === passkey.seal;

/** Of some passkeys those that open the admin at a place. */
export async function usablePasskeys(
  secret: string,
  passkeys: readonly Passkey[],
  place: PasskeyPlace | null,
): Promise<Passkey[]> {
  const sealed = await Promise.all(passkeys.map((passkey) => isSealed(secret, passkey)));
  return passkeys.filter(({ host }, index) => sealed[index] === true && host === place?.host);
}
