import type { TokenCursor } from "../registry/types.ts";

// Cursors are opaque to clients: what is in them may change.

/** Writes where a page of tokens ended, as URL-safe text. */
export function encodeTokenCursor({ createdAt, id }: TokenCursor): string {
  return `t${createdAt}.${id}`;
}

/** Reads what `encodeTokenCursor` wrote; null where it didn't write that. */
export function decodeTokenCursor(text: string): TokenCursor | null {
  const match = /^t(\d{1,15})\.([0-9A-Za-z]{1,64})$/.exec(text);
  return match?.[1] === undefined || match[2] === undefined ? null : { createdAt: Number(match[1]), id: match[2] };
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
