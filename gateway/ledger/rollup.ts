import type { UsageRow } from "../../shared/usage.ts";
import { SUM_COLUMNS, sumsOf } from "./columns.ts";

/** How long the days of single tokens are kept, in days. What all tokens used together is kept for ever. */
const KEPT_DAYS = 400;
/** Rows that are thrown away at once. */
const SWEPT_ROWS = 1_000;
const DAY_MS = 24 * 60 * 60_000;

const NAMES = SUM_COLUMNS.join(", ");
const marks = (count: number): string => Array.from({ length: count }, () => "?").join(", ");

const UPSERT_TOKEN_DAY = `INSERT INTO usage (day, token_id, provider, model, ${NAMES}) VALUES (${marks(4 + SUM_COLUMNS.length)})
  ON CONFLICT DO UPDATE SET ${SUM_COLUMNS.map((name) => `${name} = excluded.${name}`).join(", ")}`;
const ADD_TO_DAY = `INSERT INTO days (day, provider, model, ${NAMES}) VALUES (${marks(3 + SUM_COLUMNS.length)})
  ON CONFLICT DO UPDATE SET ${SUM_COLUMNS.map((name) => `${name} = ${name} + excluded.${name}`).join(", ")}`;
const ADD_TO_TOKEN = `INSERT INTO tokens (id, last_used_at, requests, nanos) VALUES (?1, ?2, ?3, ?4)
  ON CONFLICT DO UPDATE SET last_used_at = max(last_used_at, excluded.last_used_at),
    requests = requests + excluded.requests, nanos = nanos + excluded.nanos`;

const REQUESTS = SUM_COLUMNS.indexOf("requests");
const NANOS = SUM_COLUMNS.indexOf("nanos");

function knownSums(sql: SqlStorage, { day, tokenId, provider, model }: UsageRow): number[] | null {
  const query = `SELECT ${NAMES} FROM usage WHERE day = ? AND token_id = ? AND provider = ? AND model = ?`;
  const [row] = [...sql.exec(query, day, tokenId, provider, model).raw()];
  return row === undefined ? null : row.map(Number);
}

/**
 * Takes rows of a token. They are whole: what is new of each is the difference to what was known, so a report that comes
 * twice adds nothing. Run it in a transaction.
 *
 * @param lastUsedAt ms since 1970; null: never
 * @param oldest the oldest day that is kept of single tokens: what is older was counted, and isn't known any more
 */
export function takeRows(
  sql: SqlStorage,
  tokenId: string,
  rows: readonly UsageRow[],
  lastUsedAt: number | null,
  oldest: string,
): void {
  let [requests, nanos] = [0, 0];
  for (const row of rows.filter(({ day }) => day >= oldest)) {
    const sums = sumsOf(row);
    const known = knownSums(sql, { ...row, tokenId });
    const added = known === null ? sums : sums.map((sum, index) => sum - (known[index] ?? 0));
    if (added.every((sum) => sum === 0)) continue;
    sql.exec(UPSERT_TOKEN_DAY, row.day, tokenId, row.provider, row.model, ...sums);
    sql.exec(ADD_TO_DAY, row.day, row.provider, row.model, ...added);
    requests += added[REQUESTS] ?? 0;
    nanos += added[NANOS] ?? 0;
  }
  if (lastUsedAt !== null) sql.exec(ADD_TO_TOKEN, tokenId, lastUsedAt, requests, nanos);
}

/** The oldest day of single tokens that is kept, `YYYY-MM-DD`. `now`: ms since 1970. */
export const oldestDay = (now: number): string => new Date(now - KEPT_DAYS * DAY_MS).toISOString().slice(0, 10);

/**
 * Throws away what is too old, some of it at a time.
 *
 * @param now ms since 1970
 * @returns whether there is more
 */
export function sweepUsage(sql: SqlStorage, now: number): boolean {
  const { rowsWritten } = sql.exec(
    `DELETE FROM usage WHERE (day, token_id, provider, model) IN
       (SELECT day, token_id, provider, model FROM usage WHERE day < ? LIMIT ?)`,
    oldestDay(now),
    SWEPT_ROWS,
  );
  return rowsWritten >= SWEPT_ROWS;
}
