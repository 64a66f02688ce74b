import type { HolderChanges } from "../../shared/control.ts";
import { checkRecord, type TokenRecord } from "../../shared/record.ts";

const PAGE = 100;

type Row = { number: number; record: string };

/** Notes that a holder changed their token: one row a token, with a new number, so that nobody who reads on misses it. */
export function noteHolderChange(sql: SqlStorage, record: TokenRecord): void {
  const query = "SELECT number, record FROM holder_changes WHERE token_id = ?";
  const [row] = sql.exec<Row>(query, record.id).toArray();
  const known = row === undefined ? null : checkRecord(JSON.parse(row.record));
  // A report that comes twice is no second change.
  if (known !== null && known.version >= record.version) return;
  sql.exec("DELETE FROM holder_changes WHERE token_id = ?", record.id);
  sql.exec("INSERT INTO holder_changes (token_id, record) VALUES (?, ?)", record.id, JSON.stringify(record));
}

/** What holders changed; see `ControlApi.holderChanges`. */
export function readHolderChanges(sql: SqlStorage, after: number): HolderChanges {
  const { last } = sql.exec<{ last: number }>("SELECT coalesce(max(number), 0) AS last FROM holder_changes").one();
  // Whoever has read further than there is has read another ledger's numbers, which was lost: they begin anew.
  const from = after > last ? 0 : after;
  const query = "SELECT number, record FROM holder_changes WHERE number > ? ORDER BY number LIMIT ?";
  const rows = sql.exec<Row>(query, from, PAGE).toArray();
  const records = rows.map(({ record }) => checkRecord(JSON.parse(record))).filter((record) => record !== null);
  return { records, next: rows.at(-1)?.number ?? from };
}
