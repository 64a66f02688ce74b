import type { TokenCursor } from "../registry/types.ts";

// Cursors are opaque to clients: what is in them may change.

/** A place in the list of tokens, in one of its orders. */
export interface OrderedCursor extends TokenCursor {
  /** The `sort` of the list. */
  sort: string;
}

const utf8 = new TextEncoder();

const toBase64Url = (text: string): string =>
  btoa(String.fromCharCode(...utf8.encode(text)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

function fromBase64Url(text: string): unknown {
  try {
    const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return JSON.parse(decoder.decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))));
  } catch {
    return null;
  }
}

/** Writes a place in the list of tokens, as URL-safe text. */
export function encodeTokenCursor({ key, id, back }: TokenCursor, sort: string): string {
  return `t${toBase64Url(JSON.stringify([sort, key, id, back]))}`;
}

/** Reads what `encodeTokenCursor` wrote; null where it didn't write that. */
export function decodeTokenCursor(text: string): OrderedCursor | null {
  if (!/^t[\w-]{1,2000}$/.test(text)) return null;
  const parts = fromBase64Url(text.slice(1));
  if (!Array.isArray(parts) || parts.length !== 4) return null;
  const [sort, key, id, back]: unknown[] = parts;
  if (typeof sort !== "string" || typeof id !== "string" || typeof back !== "boolean") return null;
  return typeof key === "string" || typeof key === "number" ? { sort, key, id, back } : null;
}

/** Writes where a page of the audit log ended, as URL-safe text. */
export function encodeAuditCursor(before: number): string {
  return `a${before}`;
}

/** Reads what `encodeAuditCursor` wrote; null where it didn't write that. */
export function decodeAuditCursor(text: string): number | null {
  const match = /^a(\d{1,15})$/.exec(text);
  return match?.[1] === undefined ? null : Number(match[1]);
}

/** Writes where a page of a token's last requests ended, as URL-safe text. */
export function encodeRequestCursor(before: number): string {
  return `r${before}`;
}

/** Reads what `encodeRequestCursor` wrote; null where it didn't write that. */
export function decodeRequestCursor(text: string): number | null {
  const match = /^r(\d{1,16})$/.exec(text);
  return match?.[1] === undefined ? null : Number(match[1]);
}
