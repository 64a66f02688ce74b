/** What was seen of a model's words. */
export interface Words {
  /** As they stand in JSON, escapes included. */
  bytes: number;
  /** Pieces that weren't empty; a model makes one token at least for each. */
  pieces: number;
}

const patterns = new WeakMap<readonly string[], RegExp>();

function patternOf(fields: readonly string[]): RegExp {
  const known = patterns.get(fields);
  if (known !== undefined) return known;
  const pattern = new RegExp(`"(?:${fields.join("|")})"\\s*:\\s*"((?:[^"\\\\]|\\\\.)+)`, "g");
  patterns.set(fields, pattern);
  return pattern;
}

/**
 * Counts what a model said in a stretch of its answer. A quote in a string has a backslash before it, so a field's name in
 * quotes is never a part of somebody's words.
 *
 * @param text with one character for each byte
 * @param fields that hold the words
 */
export function wordsIn(text: string, fields: readonly string[]): Words {
  const words = { bytes: 0, pieces: 0 };
  if (fields.length === 0) return words;
  for (const match of text.matchAll(patternOf(fields))) {
    words.bytes += match[1]?.length ?? 0;
    words.pieces += 1;
  }
  return words;
}
