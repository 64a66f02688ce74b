import type { TokenRecord } from "../../shared/record.ts";

// What the owner's search looks through, as text of its own beside the list, with an index of every three characters in a
// row. A row has the number of the token's row in `listed`.

/** So many matches are found by the index and sorted; where there are more, walking the list meets them soon. */
export const FEW = 5_000;
/** The index knows nothing that is shorter than three characters. */
const INDEXED = /.{3}/su;

/** The separator can't be typed into a search, so no match spans two fields. */
const textOf = ({ label, note, id }: TokenRecord): string => [label, note ?? "", id].join("\u001f").toLowerCase();

/** What is looked for, in the form in which it is stored. */
export const needleOf = (query: string): string => query.toLowerCase();

/** Writes what can be searched of a token, where that has changed. */
export function saveSearched(sql: SqlStorage, row: number, record: TokenRecord): void {
  const text = textOf(record);
  const [before] = sql.exec<{ text: string }>("SELECT text FROM searched WHERE row = ?", row).toArray();
  if (before?.text === text) return;
  // The index keeps no text: to forget the old one it has to be told that.
  if (before !== undefined) {
    sql.exec("INSERT INTO searched_index (searched_index, rowid, text) VALUES ('delete', ?, ?)", row, before.text);
  }
  sql.exec("INSERT OR REPLACE INTO searched (row, text) VALUES (?, ?)", row, text);
  sql.exec("INSERT INTO searched_index (rowid, text) VALUES (?, ?)", row, text);
}

const phraseOf = (needle: string): string => `"${needle.replaceAll('"', '""')}"`;

/**
 * Finds the tokens in which a text stands.
 *
 * @param needle from `needleOf`, not empty
 * @returns their rows in `listed`, in no order; null: more than `FEW`
 */
export function findMatches(sql: SqlStorage, needle: string): number[] | null {
  // No text holds a NUL, and SQLite would take it for the end.
  if (needle.includes("\0")) return [];
  const rows = INDEXED.test(needle)
    ? sql.exec<{ row: number }>(
        "SELECT rowid AS row FROM searched_index WHERE searched_index MATCH ? LIMIT ?",
        phraseOf(needle),
        FEW + 1,
      )
    : // instr instead of LIKE: nothing to escape, and LIKE takes patterns of 50 bytes at most here.
      sql.exec<{ row: number }>("SELECT row FROM searched WHERE instr(text, ?) > 0 LIMIT ?", needle, FEW + 1);
  const found = rows.toArray().map(({ row }) => row);
  return found.length > FEW ? null : found;
}
