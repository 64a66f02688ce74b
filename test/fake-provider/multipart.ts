/** One part of a `multipart/form-data` body. */
export interface Part {
  name: string;
  filename: string | null;
  content: Buffer;
}

/** The boundary that a content-type names, or null. */
export function boundaryOf(contentType: string | undefined): string | null {
  const match = /^multipart\/[^;]+;.*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType ?? "");
  return match?.[1] ?? match?.[2] ?? null;
}

/**
 * Splits a multipart body.
 *
 * @returns the parts, or null where the body isn't whole
 */
export function multipart(body: Buffer, contentType: string | undefined): Part[] | null {
  const boundary = boundaryOf(contentType);
  if (boundary === null) return null;
  const pieces = body.toString("latin1").split(`--${boundary}`);
  // Before the first boundary: nothing. After the last one: `--`.
  if (pieces.length < 2 || !pieces.at(-1)?.startsWith("--")) return null;
  return pieces.slice(1, -1).map((piece) => {
    const split = piece.indexOf("\r\n\r\n");
    const head = piece.slice(0, split);
    const content = Buffer.from(piece.slice(split + 4, -2), "latin1");
    return {
      name: /[; ]name="([^"]*)"/.exec(head)?.[1] ?? "",
      filename: /filename="([^"]*)"/.exec(head)?.[1] ?? null,
      content,
    };
  });
}
