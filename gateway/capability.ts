import { isTokenId } from "../shared/token.ts";
import { parameterName, parameterValue, queryPairs, stripQuery } from "./slots.ts";
import type { Target } from "./target.ts";

/** The query parameter that holds a capability. */
const PARAMETER = "gw";
/** How long an upload may go on, in ms from its start. Also how long a leaked address is of use, at most. */
const LIFETIME_MS = 24 * 60 * 60_000;
// Token id, end in seconds since 1970 in base 36, mark of the secret, signature.
const FORM = /^([0-9A-Za-z]+)\.([0-9a-z]{1,9})\.([\w-]{16})\.([\w-]{43})$/;

/** The right to go on with one upload, as an address carries it. */
export interface Capability {
  tokenId: string;
  /** ms since 1970. */
  expiresAt: number;
  /** Tells the secret that began the upload, to whoever knows its hash and the provider key. */
  mark: string;
  signature: string;
}

const utf8 = new TextEncoder();

/** By provider key. Values and not promises: a promise made in one request can't be awaited in another. */
const derived = new Map<string, CryptoKey>();

/**
 * The key that signs, made out of the provider key with which the upload was begun: whoever takes that away ends its open
 * uploads, and the signature tells which key has to go on with one.
 */
async function signingKey(providerKey: string): Promise<CryptoKey> {
  const known = derived.get(providerKey);
  if (known !== undefined) return known;
  const material = await crypto.subtle.importKey("raw", utf8.encode(providerKey), "HKDF", false, ["deriveKey"]);
  const info = utf8.encode("doppelgate upload capability 1");
  const key = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info },
    material,
    { name: "HMAC", hash: "SHA-256", length: 256 },
    false,
    ["sign", "verify"],
  );
  derived.set(providerKey, key);
  return key;
}

const base64url = (bytes: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const bytesOf = (base64: string): Uint8Array =>
  Uint8Array.from(atob(base64.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));

/** A list has one JSON form only, so two different lists never sign alike. */
const message = (...parts: string[]): Uint8Array => utf8.encode(JSON.stringify(parts));

/** The query that is signed: decoded, since clients may escape it anew on the way. */
const meaning = (query: string): string[] =>
  queryPairs(withoutCapability(stripQuery(query, []))).map((pair) => `${parameterName(pair)}=${parameterValue(pair)}`);

function signed(target: Target, { tokenId, expiresAt, mark }: Omit<Capability, "signature">): Uint8Array {
  return message("upload", target.path, ...meaning(target.query), tokenId, String(expiresAt), mark);
}

/** Tells whether an address names exactly one upload: without that, a signature would be good for more than one. */
export function namesOneUpload(query: string): boolean {
  const ids = queryPairs(query).filter((pair) => parameterName(pair) === "upload_id");
  return ids.length === 1 && ids.every((pair) => parameterValue(pair) !== "");
}

/** Takes the capability out of a query and leaves every other byte as it was. */
export function withoutCapability(query: string): string {
  const kept = queryPairs(query).filter((pair) => parameterName(pair) !== PARAMETER);
  return kept.length === 0 ? "" : `?${kept.join("&")}`;
}

/** The values of the query's capability parameter: none where the address carries no capability. */
export function capabilitiesOf(query: string): string[] {
  return queryPairs(query)
    .filter((pair) => parameterName(pair) === PARAMETER)
    .map(parameterValue);
}

/**
 * The mark of a secret: keyed, so that nobody who reads an address can test guesses at a token against it.
 *
 * @param hash SHA-256 of the secret, hex
 */
export async function markOf(providerKey: string, hash: string): Promise<string> {
  const key = await signingKey(providerKey);
  return base64url(await crypto.subtle.sign("HMAC", key, message("secret", hash))).slice(0, 16);
}

/** When an upload that starts now must be over, ms since 1970. */
export const lastMoment = (now: number): number => now + LIFETIME_MS;

/**
 * Adds a capability to the address of an upload.
 *
 * @param providerKey with which it was begun
 * @param target path and query of the upload, without credentials
 * @param opener the token that began it: its id, the hash of its secret, and when the capability ends (ms since 1970)
 * @returns the query with the capability in it
 */
export async function signUpload(
  providerKey: string,
  target: Target,
  { tokenId, hash, expiresAt }: { tokenId: string; hash: string; expiresAt: number },
): Promise<string> {
  const end = Math.floor(expiresAt / 1000);
  const mark = await markOf(providerKey, hash);
  const key = await signingKey(providerKey);
  const bytes = await crypto.subtle.sign("HMAC", key, signed(target, { tokenId, expiresAt: end * 1000, mark }));
  const separator = target.query === "" ? "?" : `${target.query}&`;
  return `${separator}${PARAMETER}=${tokenId}.${end.toString(36)}.${mark}.${base64url(bytes)}`;
}

/**
 * Reads a capability; whether it is a true one is for `signerOf` to say.
 *
 * @returns null where it hasn't the form of one
 */
export function parseCapability(text: string): Capability | null {
  const [, tokenId = "", end = "", mark = "", signature = ""] = FORM.exec(text) ?? [];
  if (!isTokenId(tokenId)) return null;
  return { tokenId, expiresAt: Number.parseInt(end, 36) * 1000, mark, signature };
}

/**
 * Finds the provider key with which this gateway signed a capability for this very address. It needs no I/O, so junk costs
 * nothing.
 *
 * @param providerKeys those that it may be
 * @param target path and query of the request
 * @returns null where none of them did
 */
export async function signerOf(
  providerKeys: readonly string[],
  target: Target,
  capability: Capability,
): Promise<string | null> {
  const signature = bytesOf(capability.signature);
  const message = signed(target, capability);
  for (const providerKey of providerKeys) {
    const key = await signingKey(providerKey);
    // Takes the same time wherever the two differ.
    if (await crypto.subtle.verify("HMAC", key, signature, message)) return providerKey;
  }
  return null;
}
