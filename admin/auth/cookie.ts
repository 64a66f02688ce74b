import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { CookieOptions } from "hono/utils/cookie";
import { SESSION_SECONDS } from "./session.ts";

const LOOPBACK: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** A cookie's name and how it is set. */
export interface CookieKind {
  name: string;
  options: CookieOptions;
}

const COMMON = { httpOnly: true, sameSite: "Strict", path: "/" } as const;
// The prefix makes browsers refuse the cookie unless it is Secure, of this host alone, and for every path.
const SECURE: CookieKind = { name: "__Host-doppelgate", options: { ...COMMON, secure: true } };
// Safari refuses Secure cookies on http://localhost.
const LOCAL: CookieKind = { name: "doppelgate-local", options: { ...COMMON, secure: false } };

/**
 * Which cookie holds the session. The one without the prefix counts on plain http on this very machine only, so that
 * nobody can plant it on a deployed admin from a sibling subdomain or over http.
 *
 * @param url the request's address
 */
export function cookieKind(url: URL): CookieKind {
  return url.protocol === "http:" && LOOPBACK.has(url.hostname) ? LOCAL : SECURE;
}

/** Reads the session's JWT from the cookie that counts here. */
export function readSessionCookie(c: Context): string | undefined {
  return getCookie(c, cookieKind(new URL(c.req.url)).name);
}

/** Gives the browser the session's JWT. */
export function setSessionCookie(c: Context, token: string): void {
  const { name, options } = cookieKind(new URL(c.req.url));
  setCookie(c, name, token, { ...options, maxAge: SESSION_SECONDS });
}

/** Takes the session's cookie away from the browser. */
export function clearSessionCookie(c: Context): void {
  const { name, options } = cookieKind(new URL(c.req.url));
  deleteCookie(c, name, options);
}
