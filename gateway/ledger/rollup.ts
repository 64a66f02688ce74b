import type { UsageRow } from "../../shared/usage.ts";
import { SELECT_SUMS, SUM_COLUMNS, sumsOf } from "./columns.ts";
import type { LedgerReport } from "./report.ts";

/** How long the days of single tokens are kept, in days. What all tokens used together is kept for ever. */
const KEPT_DAYS = 400;
/** Rows that are thrown away at once. */
const SWEPT_ROWS = 1_000;
const DAY_MS = 24 * 60 * 60_000;
const FOLDED = "folded";

const NAMES = SUM_COLUMNS.join(", ");
const ADD = SUM_COLUMNS.map((name) => `${name} = ${name} + excluded.${name}`).join(", ");
const marks = (count: number): string => Array.from({ length: count }, () => "?").join(", ");

const UPSERT_TOKEN_DAY = `INSERT INTO usage (day, token_id, provider, model, ${NAMES}) VALUES (${marks(4 + SUM_COLUMNS.length)})
  ON CONFLICT DO UPDATE SET ${SUM_COLUMNS.map((name) => `${name} = excluded.${name}`).join(", ")}`;
const ADD_TO_DAY = `INSERT INTO days (day, provider, model, ${NAMES}) VALUES (${marks(3 + SUM_COLUMNS.length)})
  ON CONFLICT DO UPDATE SET ${ADD}`;
const ADD_TO_TOTAL = `INSERT INTO totals (provider, model, ${NAMES}) VALUES (${marks(2 + SUM_COLUMNS.length)})
  ON CONFLICT DO UPDATE SET ${ADD}`;
const FOLD_DAYS = `INSERT INTO totals (provider, model, ${NAMES})
  SELECT provider, model, ${SELECT_SUMS} FROM days WHERE day > ? AND day <= ? GROUP BY provider, model
  ON CONFLICT DO UPDATE SET ${ADD}`;
const ADD_TO_TOKEN = `INSERT INTO tokens (id, last_used_at, requests, nanos) VALUES (?1, ?2, ?3, ?4)
  ON CONFLICT DO UPDATE SET last_used_at = max(coalesce(last_used_at, 0), coalesce(excluded.last_used_at, 0)),
    requests = requests + excluded.requests, nanos = nanos + excluded.nanos`;

const REQUESTS = SUM_COLUMNS.indexOf("requests");
const NANOS = SUM_COLUMNS.indexOf("nanos");

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** The day up to which `totals` has all days, `YYYY-MM-DD`; empty: none yet. */
export const foldedDay = ({ kv }: DurableObjectStorage): string => kv.get<string>(FOLDED) ?? "";

function knownSums(sql: SqlStorage, { day, tokenId, provider, model }: UsageRow): number[] | null {
  const query = `SELECT ${NAMES} FROM usage WHERE day = ? AND token_id = ? AND provider = ? AND model = ?`;
  const [row] = [...sql.exec(query, day, tokenId, provider, model).raw()];
  return row === undefined ? null : row.map(Number);
}

/**
 * Takes rows of a token. They are whole: what is new of each is the difference to what was known, so a report that comes
 * twice adds nothing. Run it in a transaction.
 *
 * @param now ms since 1970
 */
export function takeRows(
  storage: DurableObjectStorage,
  { tokenId, rows, lastUsedAt }: Pick<LedgerReport, "tokenId" | "rows" | "lastUsedAt">,
  now: number,
): void {
  const { sql } = storage;
  const folded = foldedDay(storage);
  // What is older was counted, and isn't known any more: taken again, it would count twice.
  const oldest = oldestDay(now);
  let [requests, nanos] = [0, 0];
  for (const row of rows.filter(({ day }) => day >= oldest)) {
    const sums = sumsOf(row);
    const known = knownSums(sql, { ...row, tokenId });
    const added = known === null ? sums : sums.map((sum, index) => sum - (known[index] ?? 0));
    if (added.every((sum) => sum === 0)) continue;
    sql.exec(UPSERT_TOKEN_DAY, row.day, tokenId, row.provider, row.model, ...sums);
    sql.exec(ADD_TO_DAY, row.day, row.provider, row.model, ...added);
    if (row.day <= folded) sql.exec(ADD_TO_TOTAL, row.provider, row.model, ...added);
    requests += added[REQUESTS] ?? 0;
    nanos += added[NANOS] ?? 0;
  }
  if (requests !== 0 || nanos !== 0 || isNewUse(sql, tokenId, lastUsedAt)) {
    sql.exec(ADD_TO_TOKEN, tokenId, lastUsedAt, requests, nanos);
  }
}

function isNewUse(sql: SqlStorage, tokenId: string, lastUsedAt: number | null): boolean {
  if (lastUsedAt === null) return false;
  const query = "SELECT last_used_at AS at FROM tokens WHERE id = ?";
  const [known] = sql.exec<{ at: number | null }>(query, tokenId).toArray();
  return (known?.at ?? 0) < lastUsedAt;
}

/** The oldest day of single tokens that is kept, `YYYY-MM-DD`. `now`: ms since 1970. */
const oldestDay = (now: number): string => dayOf(now - KEPT_DAYS * DAY_MS);

/**
 * Adds the days that are over to the totals. What is reported of them later is added as it comes.
 *
 * @param now ms since 1970
 */
export function foldDays(storage: DurableObjectStorage, now: number): void {
  const folded = foldedDay(storage);
  const yesterday = dayOf(now - DAY_MS);
  if (yesterday <= folded) return;
  storage.transactionSync(() => {
    storage.sql.exec(FOLD_DAYS, folded, yesterday);
    storage.kv.put(FOLDED, yesterday);
  });
}

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
