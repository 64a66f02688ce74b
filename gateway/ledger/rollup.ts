import type { UsageRow } from "../../shared/usage.ts";
import { addBrief, briefOf, noBrief } from "./brief.ts";
import { ADD_SUMS, SET_SUMS, SUM_MARKS, SUM_NAMES, sumsOf } from "./columns.ts";
import { oldestDay } from "./days.ts";
import { foldedDay } from "./folding.ts";
import { hold } from "./held.ts";
import { addToHour, hourOfChange } from "./hours.ts";
import { addToMonth, monthsFolded } from "./months.ts";
import { countedName } from "./names.ts";
import { dropRankings } from "./kept-rankings.ts";
import type { LedgerReport } from "./report.ts";
import { countUse, daysNotUsed } from "./used-hours.ts";
import { noteUse } from "./uses.ts";

const UPSERT_TOKEN_DAY = `INSERT INTO usage (day, token_id, provider, model, ${SUM_NAMES}) VALUES (?, ?, ?, ?, ${SUM_MARKS})
  ON CONFLICT DO UPDATE SET ${SET_SUMS}`;
const ADD_TO_DAY = `INSERT INTO days (day, provider, model, ${SUM_NAMES}) VALUES (?, ?, ?, ${SUM_MARKS})
  ON CONFLICT DO UPDATE SET ${ADD_SUMS}`;
const ADD_TO_TOTAL = `INSERT INTO totals (provider, model, ${SUM_NAMES}) VALUES (?, ?, ${SUM_MARKS})
  ON CONFLICT DO UPDATE SET ${ADD_SUMS}`;

/** What is new of one or more rows, in the order of `SUM_COLUMNS`. */
interface Change {
  day: string;
  provider: string;
  /** As it is counted. */
  model: string;
  added: number[];
}

function knownSums(sql: SqlStorage, { day, tokenId, provider, model }: UsageRow): number[] | null {
  const query = `SELECT ${SUM_NAMES} FROM usage WHERE day = ? AND token_id = ? AND provider = ? AND model = ?`;
  const [row] = [...sql.exec(query, day, tokenId, provider, model).raw()];
  return row === undefined ? null : row.map(Number);
}

/** Writes a row of a token. @returns what is new of it; null: nothing */
function takeRow(sql: SqlStorage, row: UsageRow): Change | null {
  const { day, tokenId, provider, model } = row;
  const sums = sumsOf(row);
  const known = knownSums(sql, row);
  const added = known === null ? sums : sums.map((sum, index) => sum - (known[index] ?? 0));
  if (added.every((sum) => sum === 0)) return null;
  sql.exec(UPSERT_TOKEN_DAY, day, tokenId, provider, model, ...sums);
  const { tokens, nanos } = briefOf(sums);
  return { day, provider, model: countedName(sql, provider, model, tokens > 0 || nanos > 0), added };
}

/** Adds up changes that are counted under the same key, so that each is written once. */
function addedUp(changes: readonly Change[], keyOf: (change: Change) => unknown): Change[] {
  const sums = new Map<string, Change>();
  for (const change of changes) {
    const key = JSON.stringify(keyOf(change));
    const known = sums.get(key)?.added ?? [];
    sums.set(key, { ...change, added: change.added.map((sum, index) => sum + (known[index] ?? 0)) });
  }
  return [...sums.values()];
}

function addToMonths(storage: DurableObjectStorage, tokenId: string, changes: readonly Change[]): void {
  const folded = monthsFolded(storage);
  for (const { day, added } of addedUp(changes, ({ day }) => day)) {
    if (day > folded) continue;
    addToMonth(storage.sql, day, tokenId, briefOf(added));
    dropRankings(storage.sql, day);
  }
}

/**
 * Takes rows of a token. They are whole: what is new of each is the difference to what was known, so a report that comes
 * twice adds nothing. Run it in a transaction.
 *
 * @param now ms since 1970
 */
export function takeRows(
  storage: DurableObjectStorage,
  { tokenId, rows, lastUsedAt, budgets }: Pick<LedgerReport, "tokenId" | "rows" | "lastUsedAt" | "budgets">,
  now: number,
): void {
  const { sql } = storage;
  const folded = foldedDay(storage);
  // What is older was counted, and isn't known any more: taken again, it would count twice.
  const oldest = oldestDay(now);
  const kept = rows.filter(({ day }) => day >= oldest);
  const unused = daysNotUsed(
    sql,
    tokenId,
    kept.map(({ day }) => day),
  );
  const changes = kept.map((row) => takeRow(sql, { ...row, tokenId })).filter((change) => change !== null);
  const sum = noBrief();
  for (const { day, provider, model, added } of addedUp(changes, ({ day, provider, model }) => [
    day,
    provider,
    model,
  ])) {
    const isFolded = day <= folded;
    const brief = briefOf(added);
    sql.exec(ADD_TO_DAY, day, provider, model, ...added);
    if (isFolded) sql.exec(ADD_TO_TOTAL, provider, model, ...added);
    addToHour(sql, { hour: hourOfChange(day, now), tokenId, provider, model }, brief, isFolded);
    addBrief(sum, brief);
  }
  for (const { provider, model, added } of addedUp(changes, ({ provider, model }) => [provider, model])) {
    hold(sql, provider, model, added);
  }
  addToMonths(storage, tokenId, changes);
  countUse(sql, tokenId, unused, (day) => hourOfChange(day, now));
  noteUse(sql, { tokenId, lastUsedAt, budgets, requests: sum.requests, nanos: sum.nanos }, now);
}
