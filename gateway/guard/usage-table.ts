import { COUNT_NAMES, ERROR_KINDS, noCounts, type RequestEntry, type UsageRow } from "../../shared/usage.ts";
import { microsOf, nanosOf } from "./money.ts";

/** Rows of one day. A holder can make up any number of models; what goes beyond this counts as of no named one. */
const ROWS_A_DAY = 200;

/** What names a row within its token. */
export type RowKey = Pick<UsageRow, "day" | "provider" | "model">;

/** A row of nothing. */
export const emptyRow = (tokenId: string, { day, provider, model }: RowKey): UsageRow => ({
  tokenId,
  day,
  provider,
  model,
  requests: 0,
  errors: Object.fromEntries(ERROR_KINDS.map((kind) => [kind, 0])) as UsageRow["errors"],
  counts: noCounts(),
  micros: 0,
  unpriced: 0,
  estimated: 0,
  ttfbMs: 0,
  timed: 0,
  durationMs: 0,
});

/** What a row without a name of its own has to be added up from. */
const SUMS = ["requests", "unpriced", "estimated", "ttfbMs", "timed", "durationMs"] as const;

/** Adds a row to another one. */
export function addRow(to: UsageRow, row: UsageRow): void {
  for (const name of SUMS) to[name] += row[name];
  for (const name of COUNT_NAMES) to.counts[name] += row.counts[name];
  for (const kind of ERROR_KINDS) to.errors[kind] += row.errors[kind];
  // By way of whole numbers: sums of fractions drift.
  to.micros = microsOf(Math.round(to.micros * 1_000) + Math.round(row.micros * 1_000));
}

/**
 * Adds a request to a row.
 *
 * @param times 1; -1 takes back what was added before
 */
export function addEntry(to: UsageRow, entry: RequestEntry, times: 1 | -1): void {
  const { counts, micros, error, estimated, ttfbMs, durationMs } = entry;
  const one = emptyRow(to.tokenId, to);
  one.requests = times;
  if (error !== null) one.errors[error] = times;
  if (counts !== null) for (const name of COUNT_NAMES) one.counts[name] = counts[name] * times;
  one.micros = microsOf(nanosOf(micros)) * times;
  const isUsed = counts !== null && COUNT_NAMES.some((name) => counts[name] > 0);
  if (isUsed && micros === null) one.unpriced = times;
  if (estimated) one.estimated = times;
  if (ttfbMs !== null) {
    one.ttfbMs = ttfbMs * times;
    one.timed = times;
  }
  one.durationMs = durationMs * times;
  addRow(to, one);
}

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
export function* rowsBetween(sql: SqlStorage, from: string, to: string): Generator<UsageRow> {
  const query = "SELECT row FROM usage WHERE day >= ? AND day <= ? ORDER BY day, provider, model";
  for (const row of sql.exec<Row>(query, from, to)) yield parsed(row);
}
