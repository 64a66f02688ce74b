import { DAY_MS, dayOf, startOfDay } from "../calendar.ts";
import { ADD_BRIEF, BRIEF_COLUMNS, SUM_BRIEF } from "./brief.ts";
import { ADD_SUMS, SELECT_SUMS, SUM_NAMES } from "./columns.ts";
import { oldestDay } from "./days.ts";

/** Rows that are thrown away at once. */
const SWEPT_ROWS = 1_000;
const FOLDED = "folded";

const FOLD_DAYS = `INSERT INTO totals (provider, model, ${SUM_NAMES})
  SELECT provider, model, ${SELECT_SUMS} FROM days WHERE day > ? AND day <= ? GROUP BY provider, model
  ON CONFLICT DO UPDATE SET ${ADD_SUMS}`;
const FOLD_HOURS = `INSERT INTO past_hours (hour, ${BRIEF_COLUMNS})
  SELECT hour, ${SUM_BRIEF} FROM hours WHERE hour >= ? AND hour < ? GROUP BY hour
  ON CONFLICT DO UPDATE SET ${ADD_BRIEF}`;

/** The day up to which `totals` and `past_hours` have all days, `YYYY-MM-DD`; empty: none yet. */
export const foldedDay = ({ kv }: DurableObjectStorage): string => kv.get<string>(FOLDED) ?? "";

/** When the first hour begins that isn't in `past_hours` but in `hours`, ms since 1970. */
export function unfoldedFrom(storage: DurableObjectStorage): number {
  const folded = foldedDay(storage);
  return folded === "" ? 0 : startOfDay(folded) + DAY_MS;
}

/**
 * Adds the days that are over to what is kept of all days. What is reported of them later is added as it comes.
 *
 * @param now ms since 1970
 */
export function foldDays(storage: DurableObjectStorage, now: number): void {
  const folded = foldedDay(storage);
  const yesterday = dayOf(now - DAY_MS);
  if (yesterday <= folded) return;
  storage.transactionSync(() => {
    storage.sql.exec(FOLD_HOURS, unfoldedFrom(storage), startOfDay(yesterday) + DAY_MS);
    storage.sql.exec(FOLD_DAYS, folded, yesterday);
    storage.kv.put(FOLDED, yesterday);
  });
}

/**
 * Throws away days of single tokens that are too old, some of them at a time.
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
