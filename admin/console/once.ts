import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { EncryptJWT, jwtDecrypt } from "jose";
import { type CookieKind, cookieKind } from "../auth/cookie.ts";
import type { AdminApp } from "../context.ts";

// A new secret is made by a POST but shown by the GET after it, so that loading the page again makes no second one. It
// travels between them in a cookie that only this Worker can read, and that the GET takes away.

const KEY_INFO = "doppelgate admin show-once key v1";
const ISSUER = "doppelgate";
const SECONDS = 120;
const utf8 = new TextEncoder();

async function onceKey(adminSecret: string): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", utf8.encode(adminSecret), "HKDF", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info: utf8.encode(KEY_INFO) },
    material,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}

function onceCookie(c: Context): CookieKind {
  const { name, options } = cookieKind(new URL(c.req.url));
  return { name: `${name}-once`, options };
}

// Stops a cookie of one token from being shown as another's, and a copied one from being opened in another session.
const audienceOf = (tokenId: string, jti: string): string => `doppelgate-once/${tokenId}/${jti}`;

/** Hands a new secret over to the page that shows it. `now`: ms since 1970. */
export async function keepSecret(c: Context<AdminApp>, tokenId: string, secret: string, now: number): Promise<void> {
  const issuedAt = Math.floor(now / 1000);
  const sealed = await new EncryptJWT({ secret })
    .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
    .setIssuer(ISSUER)
    .setAudience(audienceOf(tokenId, c.var.session.jti))
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + SECONDS)
    .encrypt(await onceKey(c.var.adminSecret));
  const { name, options } = onceCookie(c);
  setCookie(c, name, sealed, { ...options, maxAge: SECONDS });
}

/**
 * Takes the secret that the action before this page handed over; a second call finds nothing. `now`: ms since 1970.
 *
 * @returns null where it was shown already, is older than 2 minutes, or is another token's or session's
 */
export async function takeSecret(c: Context<AdminApp>, tokenId: string, now: number): Promise<string | null> {
  const { name, options } = onceCookie(c);
  const sealed = getCookie(c, name);
  if (sealed === undefined) return null;
  deleteCookie(c, name, options);
  try {
    const { payload } = await jwtDecrypt(sealed, await onceKey(c.var.adminSecret), {
      keyManagementAlgorithms: ["dir"],
      contentEncryptionAlgorithms: ["A256GCM"],
      issuer: ISSUER,
      audience: audienceOf(tokenId, c.var.session.jti),
      requiredClaims: ["exp", "iat"],
      maxTokenAge: SECONDS,
      currentDate: new Date(now),
    });
    return typeof payload.secret === "string" ? payload.secret : null;
  } catch {
    return null;
  }
}
