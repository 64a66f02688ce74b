import type { UsageQuery, UsageRow, UsageRowPage, UsageRowQuery } from "../../shared/usage.ts";
import { addRow, emptyRow, type RowKey } from "../usage/row.ts";

/** Rows of one day. A holder can make up any number of models; what goes beyond this counts as of no named one. */
const ROWS_A_DAY = 200;

type Row = { row: string };

const parsed = ({ row }: Row): UsageRow => JSON.parse(row) as UsageRow;

function findRow(sql: SqlStorage, { day, provider, model }: RowKey): UsageRow | null {
  const [row] = sql
    .exec<Row>("SELECT row FROM usage WHERE day = ? AND provider = ? AND model = ?", day, provider, model)
    .toArray();
  return row === undefined ? null : parsed(row);
}

/** A row's place in the table: of a day that has too many already, the row of no named model. */
function placeOf(sql: SqlStorage, change: UsageRow): UsageRow {
  const known = findRow(sql, change);
  if (known !== null) return known;
  const { count } = sql.exec<{ count: number }>("SELECT count(*) AS count FROM usage WHERE day = ?", change.day).one();
  if (count < ROWS_A_DAY) return emptyRow(change.tokenId, change);
  const nameless = { ...change, model: "" };
  return findRow(sql, nameless) ?? emptyRow(change.tokenId, nameless);
}

/** Adds what changed to the table: one row to write for each. `dirty` tells how often since the ledger had it. */
export function changeRows(sql: SqlStorage, changes: Iterable<UsageRow>): void {
  for (const change of changes) {
    const row = placeOf(sql, change);
    addRow(row, change);
    sql.exec(
      `INSERT INTO usage VALUES (?, ?, ?, 1, ?)
       ON CONFLICT (day, provider, model) DO UPDATE SET dirty = dirty + 1, row = excluded.row`,
      row.day,
      row.provider,
      row.model,
      JSON.stringify(row),
    );
  }
}

/** A row that the ledger doesn't have yet, with the number that says so. */
export interface DirtyRow {
  row: UsageRow;
  dirty: number;
}

/**
 * Rows that the ledger doesn't have as they are.
 *
 * @param since the oldest day among them
 */
export function dirtyRows(sql: SqlStorage, since: string, limit: number): DirtyRow[] {
  return sql
    .exec<Row & { dirty: number }>("SELECT row, dirty FROM usage WHERE day >= ? AND dirty > 0 LIMIT ?", since, limit)
    .toArray()
    .map((found) => ({ row: parsed(found), dirty: found.dirty }));
}

/** Notes that the ledger has rows, but for those that have changed since they were sent. */
export function cleanRows(sql: SqlStorage, rows: readonly DirtyRow[]): void {
  for (const { row, dirty } of rows) {
    const { day, provider, model } = row;
    sql.exec(
      "UPDATE usage SET dirty = 0 WHERE day = ? AND provider = ? AND model = ? AND dirty = ?",
      day,
      provider,
      model,
      dirty,
    );
  }
}

/** Rows of some days, oldest first; both days are included. */
export function* rowsBetween(sql: SqlStorage, { from, to }: Pick<UsageQuery, "from" | "to">): Generator<UsageRow> {
  const query = "SELECT row FROM usage WHERE day >= ? AND day <= ? ORDER BY day, provider, model";
  for (const row of sql.exec<Row>(query, from, to)) yield parsed(row);
}

/** A row's place, to go on behind. */
const cursorOf = ({ day, provider, model }: RowKey): string => JSON.stringify([day, provider, model]);

/** @returns null where it is no cursor */
function placeBehind(cursor: string | null): string[] | null {
  if (cursor === null) return ["", "", ""];
  try {
    const found: unknown = JSON.parse(cursor);
    return Array.isArray(found) && found.length === 3 ? found.map(String) : null;
  } catch {
    return null;
  }
}

/** A page of rows; see `ControlApi.usageRows`. Behind what no page gave, there is none. */
export function readRows(sql: SqlStorage, { from, to, after, limit }: UsageRowQuery): UsageRowPage {
  const place = placeBehind(after);
  if (place === null) return { rows: [], next: null };
  const rows = sql
    .exec<Row>(
      `SELECT row FROM usage WHERE (day, provider, model) > (?, ?, ?) AND day >= ? AND day <= ?
       ORDER BY day, provider, model LIMIT ?`,
      ...place,
      from,
      to,
      limit + 1,
    )
    .toArray()
    .map(parsed);
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { rows: rows.slice(0, limit), next: last === undefined ? null : cursorOf(last) };
}
