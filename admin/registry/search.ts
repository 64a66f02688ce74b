import type { TokenRecord } from "../../shared/record.ts";

// What the owner's search looks through, as text of its own beside the list, with an index of every three characters in a
// row. A row has the number of the token's row in `listed`.

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

/** A SELECT, and what is bound in it. */
export interface Select {
  query: string;
  bindings: (string | number)[];
}

const NOWHERE: Select = { query: "SELECT 0 AS found WHERE FALSE", bindings: [] };
/** The last character of all. */
const LAST = "\u{10ffff}";
/** What an id is made of, in the form in which it is stored. Each text ends with one. */
const ID_CHARACTERS = "0123456789abcdefghijklmnopqrstuvwxyz";

const indexed = (query: string, most: number): Select => ({
  query: "SELECT rowid AS found FROM searched_index WHERE searched_index MATCH ? LIMIT ?",
  bindings: [query, most],
});

/** By what begins with it in the index; and where it is the end of an id, nothing does, but something ends with it. */
function shortMatches(needle: string, most: number): Select {
  const begins: Select = {
    query: "SELECT DISTINCT doc AS found FROM searched_terms WHERE term >= ? AND term < ? LIMIT ?",
    bindings: [needle, needle + LAST, most],
  };
  if (!ID_CHARACTERS.includes(needle.slice(-1))) return begins;
  const ends = indexed(
    ID_CHARACTERS.split("")
      .map((one) => phraseOf(one + needle))
      .join(" OR "),
    most,
  );
  return {
    query: `SELECT found FROM (${begins.query}) UNION SELECT found FROM (${ends.query})`,
    bindings: [...begins.bindings, ...ends.bindings],
  };
}

/**
 * How to find the tokens in which a text stands: a SELECT of their rows in `listed`, as `found`, in no order.
 *
 * @param needle from `needleOf`, not empty
 * @param most how many to find; of a short text it may be twice as many
 */
export function matchesOf(needle: string, most: number): Select {
  // No text holds a NUL, and SQLite would take it for the end.
  if (needle.includes("\0")) return NOWHERE;
  if (INDEXED.test(needle)) return indexed(phraseOf(needle), most);
  // Every fourth id has it or more, so it is soon met; other single characters are few, and in the index.
  if (needle.length === 1 && ID_CHARACTERS.includes(needle)) {
    return { query: "SELECT row AS found FROM searched WHERE instr(text, ?) > 0 LIMIT ?", bindings: [needle, most] };
  }
  return shortMatches(needle, most);
}
