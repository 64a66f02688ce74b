import { type Brief, SELECT_BRIEF } from "./brief.ts";
import { DAY_MS, dayOf, oldestDay, startOfDay } from "./days.ts";

// Usage of single tokens by month, with what each day was ranked by in columns of its own: who spent the most in any days,
// and how many tokens were used in them, is found by reading one row for each token and month. Rows are written by folding
// days that are over, and not with each report.

/** Days of a month, as their columns are named. */
const DAYS = Array.from({ length: 31 }, (_, index) => String(index + 1).padStart(2, "0"));

/** The columns of `token_months`, for its CREATE TABLE. Bit 0 of `days` says that the token was used on the 1st. */
export const MONTH_TABLE = [
  "requests INTEGER NOT NULL, errors INTEGER NOT NULL, tokens INTEGER NOT NULL, nanos INTEGER NOT NULL",
  "days INTEGER NOT NULL",
  ...DAYS.map((day) => `requests_${day} INTEGER NOT NULL DEFAULT 0, nanos_${day} INTEGER NOT NULL DEFAULT 0`),
].join(", ");

const CURSOR = "months";
/** Rows of usage that are folded at once. */
const FOLDED_ROWS = 50_000;
/** Rows that are thrown away at once. */
const SWEPT_ROWS = 1_000;

const monthOf = (day: string): string => day.slice(0, 7);
const bitOf = (dayOfMonth: string): number => 2 ** (Number(dayOfMonth) - 1);
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

/** Days, `YYYY-MM-DD`, the first one and the one behind the last. */
export interface DayRange {
  from: string;
  before: string;
}

/** Months next to each other of which the same days are asked for: at most a first, a last, and all between them. */
interface Months {
  first: string;
  last: string;
  /** All of `DAYS`, or some. */
  days: readonly string[];
}

const monthAfter = (month: string): string => monthOf(dayOf(startOfDay(`${month}-01`) + 31 * DAY_MS));

/** Together, since SQLite takes five SELECTs in a compound one here. */
function monthsOf({ from, before }: DayRange): Months[] {
  const found: Months[] = [];
  for (let month = monthOf(from); month < before; month = monthAfter(month)) {
    const days = DAYS.filter((day) => `${month}-${day}` >= from && `${month}-${day}` < before);
    const last = found.at(-1);
    if (last !== undefined && isWhole(days) && isWhole(last.days)) last.last = month;
    else found.push({ first: month, last: month, days });
  }
  return found;
}

/** Whether it is all of its days that are asked for. */
const isWhole = (days: readonly string[]): boolean => days.length === DAYS.length;

/** A SELECT for each, and one of what isn't folded yet; the first three parameters are `from`, `before`, `folded`. */
function unionOf(
  range: DayRange,
  how: "UNION" | "UNION ALL",
  select: (days: readonly string[]) => string,
  unfolded: string,
) {
  const ofMonths = monthsOf(range).map(
    ({ first, last, days }) => `${select(days)} AND month >= '${first}' AND month <= '${last}'`,
  );
  return [...ofMonths, `${unfolded} AND day >= ?1 AND day < ?2 AND day > ?3`].join(` ${how} `);
}

const sumOf = (name: string, days: readonly string[]): string =>
  isWhole(days) ? name : days.map((day) => `${name}_${day}`).join(" + ");

/**
 * The tokens with the most money, then the most requests, in some days.
 *
 * @param folded `monthsFolded`
 * @returns token ids, the first one first
 */
export function rankTokens(sql: SqlStorage, range: DayRange, folded: string, top: number): string[] {
  const source = unionOf(
    range,
    "UNION ALL",
    (
      days,
    ) => `SELECT token_id, ${sumOf("requests", days)} AS requests, ${sumOf("nanos", days)} AS nanos FROM token_months
      WHERE TRUE`,
    "SELECT token_id, requests, nanos FROM usage WHERE TRUE",
  );
  const rows = sql.exec<{ id: string }>(
    `SELECT token_id AS id FROM (${source}) GROUP BY token_id HAVING sum(requests) <> 0 OR sum(nanos) <> 0
     ORDER BY sum(nanos) DESC, sum(requests) DESC, token_id LIMIT ?4`,
    range.from,
    range.before,
    folded,
    top,
  );
  return rows.toArray().map(({ id }) => id);
}

const maskOf = (days: readonly string[]): number => days.reduce((sum, day) => sum + bitOf(day), 0);

/**
 * How many tokens were used in some days.
 *
 * @param folded `monthsFolded`
 */
export function countUsed(sql: SqlStorage, range: DayRange, folded: string): number {
  const source = unionOf(
    range,
    "UNION",
    (days) => `SELECT token_id FROM token_months WHERE days & ${maskOf(days)} <> 0`,
    "SELECT token_id FROM usage WHERE requests > error_limit + error_policy",
  );
  const query = `SELECT count(*) AS count FROM (${source})`;
  return sql.exec<{ count: number }>(query, range.from, range.before, folded).one().count;
}
