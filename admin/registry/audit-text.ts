import type { AuditChanges, AuditEntry } from "./reports.ts";

// What a search of the audit log looks through. The index (`audit_text`, FTS5) knows which three neighbouring characters
// occur in a line, but not where: it finds lines that may match, and this file says which do.

/** Fewer characters than that are in no index. */
const INDEXED = 3;
/** More than these narrow a search down no further. */
const MOST_TRIGRAMS = 40;

/** The parts of a line that are searched. */
type Searched = Pick<AuditEntry, "action" | "tokenId" | "label" | "address" | "userAgent" | "changes">;

const valuesOf = (changes: AuditChanges): string[] =>
  Object.entries(changes).flatMap(([field, { before, after }]) => [
    field,
    ...[before, after].flat().flatMap((value) => (value === null ? [] : [String(value)])),
  ]);

/** All of a line that is searched. The separator is in no search, so no match spans two values. */
export const auditText = ({ action, tokenId, label, address, userAgent, changes }: Searched): string =>
  [label ?? "", tokenId ?? "", action, address, userAgent, ...valuesOf(changes)].join("\u001f");

/** The words of a search, each of which has to be in a line, in any case and place. */
export const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");

/** Whether a line has all words in it. */
export function hasWords(entry: Searched, words: readonly string[]): boolean {
  const text = auditText(entry).toLowerCase();
  return words.every((word) => text.includes(word));
}

/** A line as it is kept, with what was changed as JSON. */
type Kept = { label: string | null; token_id: string | null; action: string; address: string; user_agent: string } & {
  changes: string;
};

/** Whether a line may have all words in it: a look at its JSON, which is many times faster than reading that. */
export function mayHaveWords(row: Kept, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const { label, token_id, action, address, user_agent, changes } = row;
  const text = `${label ?? ""} ${token_id ?? ""} ${action} ${address} ${user_agent} ${changes}`.toLowerCase();
  // JSON writes quotes and backslashes otherwise.
  return words.every((word) => /["\\]/.test(word) || text.includes(word));
}

/**
 * A query of the index for lines that may have all words in them.
 *
 * @param words from `wordsOf`, and other text that has to be in the line
 * @returns null where they are too short for the index
 */
export function indexQuery(words: readonly string[]): string | null {
  const trigrams = words.flatMap((word) => {
    const characters = Array.from(word);
    const last = characters.length - INDEXED;
    // Side by side, so that each character is in one: those between would find little less, and each is a list to go through.
    return characters
      .map((_, at) => Math.min(at, last))
      .filter((at, index) => at >= 0 && index % INDEXED === 0)
      .map((at) => characters.slice(at, at + INDEXED).join(""));
  });
  if (trigrams.length === 0) return null;
  // A string of FTS5: only its quotes mean something.
  const strings = [...new Set(trigrams)].slice(0, MOST_TRIGRAMS).map((one) => `"${one.replaceAll('"', '""')}"`);
  return strings.join(" AND ");
}
