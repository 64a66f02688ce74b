import type { RequestEntry, RequestPage, RequestQuery } from "../../shared/usage.ts";
import { entryOf, type Line, type Tally } from "./tally.ts";

/** Lines of a page: one row of the table. */
const PAGE = 16;
/** How many of the oldest pages are looked at for each one that is added: more than one, so that what a rush has left goes. */
const MOST_SWEPT = 4;
/** How many of the last requests are kept. */
const KEPT = 1_000;
/** How long an id is remembered at least, in ms, however many came after it: settlements are tried again for 25 s. */
export const REMEMBERED_MS = 10 * 60_000;

type Row = { first: number; lines: string };

const linesOf = ({ lines }: Row): Line[] => JSON.parse(lines) as Line[];

/**
 * Adds a line to the log. A full page leaves the tally for the table, and the oldest page goes where there are enough.
 *
 * @param line its `seq` is given to it here
 */
export function addLine(sql: SqlStorage, tally: Tally, line: Omit<Line, "seq">): number {
  const seq = tally.next++;
  tally.lines.push({ ...line, seq });
  if (tally.lines.length < PAGE) return seq;
  const [first] = tally.lines;
  sql.exec(
    "INSERT INTO pages (first, told_at, lines) VALUES (?, ?, ?)",
    first?.seq ?? seq,
    line.toldAt,
    JSON.stringify(tally.lines),
  );
  tally.lines = [];
  sql.exec(
    // Looking through all of them would cost more for each request the busier the token is.
    "DELETE FROM pages WHERE first IN (SELECT first FROM pages ORDER BY first LIMIT ?) AND first <= ? AND told_at < ?",
    MOST_SWEPT,
    seq - KEPT - PAGE,
    // What a restart would have to know again: the last minute's rates, and the ids.
    line.toldAt - REMEMBERED_MS,
  );
  return seq;
}

/** Puts another line in the place of one, where that is still kept. */
export function replaceLine(sql: SqlStorage, tally: Tally, line: Line): void {
  const change = (lines: Line[]): Line[] => lines.map((one) => (one.seq === line.seq ? line : one));
  tally.lines = change(tally.lines);
  const [row] = sql
    .exec<Row>("SELECT first, lines FROM pages WHERE first <= ? ORDER BY first DESC LIMIT 1", line.seq)
    .toArray();
  if (row === undefined || row.first + PAGE <= line.seq) return;
  sql.exec("UPDATE pages SET lines = ? WHERE first = ?", JSON.stringify(change(linesOf(row))), row.first);
}

/** The log, newest line first, read as far as the caller goes. */
export function* newestLines(sql: SqlStorage, tally: Tally, before = Infinity): Generator<Line> {
  const fits = ({ seq }: Line): boolean => seq < before;
  yield* tally.lines.filter(fits).toReversed();
  const oldest = Math.min(before, tally.next);
  for (const row of sql.exec<Row>("SELECT first, lines FROM pages WHERE first < ? ORDER BY first DESC", oldest)) {
    yield* linesOf(row).filter(fits).toReversed();
  }
}

/** The last requests, newest first; see `ControlApi.requests`. */
export function readPage(sql: SqlStorage, tally: Tally, query: Omit<RequestQuery, "tokenId">): RequestPage {
  const entries: RequestEntry[] = [];
  const oldest = tally.next - KEPT;
  const limit = Math.min(KEPT, Math.max(1, query.limit));
  let last: number | null = null;
  for (const line of newestLines(sql, tally, query.before ?? Infinity)) {
    if (line.seq < oldest) return { entries, next: null };
    if (entries.length === limit) return { entries, next: last };
    entries.push(entryOf(line));
    last = line.seq;
  }
  return { entries, next: null };
}
