import { DAY_MS, dayOf } from "../calendar.ts";
import { type Brief, SELECT_BRIEF } from "./brief.ts";
import { oldestDay } from "./days.ts";

// Usage of single tokens by month, with what each day was ranked by in columns of its own: who spent the most in any days,
// and how many tokens were used in them, is found by reading one row for each token and month. Rows are written by folding
// days that are over, and not with each report.

/** Days of a month, as their columns are named. */
export const DAYS_OF_MONTH = Array.from({ length: 31 }, (_, index) => String(index + 1).padStart(2, "0"));

/** The columns of `token_months`, for its CREATE TABLE. Bit 0 of `days` says that the token was used on the 1st. */
export const MONTH_TABLE = [
  "requests INTEGER NOT NULL, errors INTEGER NOT NULL, tokens INTEGER NOT NULL, nanos INTEGER NOT NULL",
  "days INTEGER NOT NULL",
  ...DAYS_OF_MONTH.map((day) => `requests_${day} INTEGER NOT NULL DEFAULT 0, nanos_${day} INTEGER NOT NULL DEFAULT 0`),
].join(", ");

const CURSOR = "months";
/** Rows of usage that are folded at once. */
const FOLDED_ROWS = 50_000;
/** Rows that are thrown away at once. */
const SWEPT_ROWS = 1_000;

/** The month of a day, `YYYY-MM`. */
export const monthOf = (day: string): string => day.slice(0, 7);
/** What says in `days` that a token was used on a day of the month. */
export const bitOf = (dayOfMonth: string): number => 2 ** (Number(dayOfMonth) - 1);
const inMonth = (day: string): string => day.slice(8, 10);

/** The day up to which `token_months` has all days, `YYYY-MM-DD`; empty: none yet. What is newer is in `usage` alone. */
export const monthsFolded = ({ kv }: DurableObjectStorage): string => kv.get<string>(CURSOR) ?? "";

function upsert(day: string, source: string): string {
  const [requests, nanos] = [`requests_${inMonth(day)}`, `nanos_${inMonth(day)}`];
  const sums = ["requests", "errors", "tokens", "nanos", requests, nanos];
  return `INSERT INTO token_months (month, token_id, requests, errors, tokens, nanos, days, ${requests}, ${nanos}) ${source}
    ON CONFLICT DO UPDATE SET days = days | excluded.days, ${sums.map((sum) => `${sum} = ${sum} + excluded.${sum}`).join(", ")}`;
}

/** Adds to a day of a token that is folded already. */
export function addToMonth(sql: SqlStorage, day: string, tokenId: string, brief: Brief): void {
  const { requests, errors, refused, tokens, nanos } = brief;
  const bit = requests > refused ? bitOf(inMonth(day)) : 0;
  const values = [monthOf(day), tokenId, requests, errors, tokens, nanos, bit, requests, nanos];
  sql.exec(upsert(day, `VALUES (${values.map(() => "?").join(", ")})`), ...values);
}

function foldDay(sql: SqlStorage, day: string): void {
  // `WHERE true`: without it, SQLite takes ON CONFLICT for a join's.
  const source = `SELECT ?, token_id, sum(requests), sum(errors), sum(tokens), sum(nanos),
    CASE WHEN sum(requests) > sum(refused) THEN ? ELSE 0 END, sum(requests), sum(nanos)
    FROM (SELECT token_id, ${SELECT_BRIEF} FROM usage WHERE day = ?) WHERE true GROUP BY token_id`;
  sql.exec(upsert(day, source), monthOf(day), bitOf(inMonth(day)), day);
}

/**
 * Folds days that are over into months, the oldest first, some of them at a time. What is reported of them later is added
 * as it comes.
 *
 * @param now ms since 1970
 * @returns whether there is more
 */
export function foldMonths(storage: DurableObjectStorage, now: number): boolean {
  const { sql, kv } = storage;
  const yesterday = dayOf(now - DAY_MS);
  for (let rows = 0; rows < FOLDED_ROWS;) {
    const query = "SELECT min(day) AS day FROM usage WHERE day > ? AND day <= ?";
    const { day } = sql.exec<{ day: string | null }>(query, monthsFolded(storage), yesterday).one();
    if (day === null) {
      if (monthsFolded(storage) < yesterday) kv.put(CURSOR, yesterday);
      return false;
    }
    rows += sql.exec<{ count: number }>("SELECT count(*) AS count FROM usage WHERE day = ?", day).one().count;
    storage.transactionSync(() => {
      foldDay(sql, day);
      kv.put(CURSOR, day);
    });
  }
  return true;
}

/**
 * Throws away months of which no day is kept any more, some rows at a time.
 *
 * @param now ms since 1970
 * @returns whether there is more
 */
export function sweepMonths(sql: SqlStorage, now: number): boolean {
  const { rowsWritten } = sql.exec(
    `DELETE FROM token_months WHERE (month, token_id) IN (SELECT month, token_id FROM token_months WHERE month < ? LIMIT ?)`,
    monthOf(oldestDay(now)),
    SWEPT_ROWS,
  );
  return rowsWritten >= SWEPT_ROWS;
}
