import type { UsageRow } from "../../shared/usage.ts";
import { SELECT_SUMS, usageRowOf } from "./columns.ts";
import { DAYS_OF_MONTH, monthOf } from "./months.ts";
import { type DayRange, daysBetween, newerDays } from "./ranking.ts";

// All that some tokens used in days. Their months say on which days there is anything, so that no others are looked up.

/** Whatever is used is a request's, so no other column has to be looked at. */
const HAS = DAYS_OF_MONTH.map((day, index) => `((requests_${day} <> 0) << ${index})`).join(" | ");

/** The folded days of some on which tokens used something, as pairs of day and token id. */
function pairsOf(sql: SqlStorage, ids: readonly string[], days: readonly string[]): [day: string, id: string][] {
  const rows = sql.exec<{ month: string; id: string; has: number }>(
    `SELECT month, token_id AS id, ${HAS} AS has FROM json_each(?) AS months CROSS JOIN json_each(?) AS keys
     CROSS JOIN token_months ON month = months.value AND token_id = keys.value`,
    JSON.stringify([...new Set(days.map(monthOf))]),
    JSON.stringify(ids),
  );
  const pairs: [string, string][] = [];
  const wanted = new Set(days);
  for (const { month, id, has } of rows) {
    for (const [index, ofMonth] of DAYS_OF_MONTH.entries()) {
      if ((has & (1 << index)) === 0) continue;
      const day = `${month}-${ofMonth}`;
      if (wanted.has(day)) pairs.push([day, id]);
    }
  }
  return pairs;
}

/** Tokens that are looked up at once: of 400 days each, far less than the 2 MB that a text for SQLite may have. */
const AT_ONCE = 100;

/**
 * Adds up all that some tokens used in some days.
 *
 * @param folded `monthsFolded`
 * @returns a row for each of them that used anything, in no order
 */
export function usageOf(sql: SqlStorage, ids: readonly string[], range: DayRange, folded: string): UsageRow[] {
  const days = daysBetween(range);
  const newer = newerDays(sql, range, folded);
  const query = `SELECT token_id, ${SELECT_SUMS} FROM json_each(?) AS pairs
    CROSS JOIN usage ON day = pairs.value ->> 0 AND token_id = pairs.value ->> 1 GROUP BY token_id`;
  const rows: UsageRow[] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const some = ids.slice(at, at + AT_ONCE);
    const pairs = [...pairsOf(sql, some, days), ...newer.flatMap((day) => some.map((id) => [day, id]))];
    for (const row of sql.exec(query, JSON.stringify(pairs))) rows.push(usageRowOf(row));
  }
  return rows;
}
