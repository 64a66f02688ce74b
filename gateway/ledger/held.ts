import { SUM_MARKS, SUM_NAMES } from "./columns.ts";

const SELECT = `SELECT ${SUM_NAMES} FROM held WHERE provider = ? AND model = ?`;
const REPLACE = `INSERT OR REPLACE INTO held (provider, model, ${SUM_NAMES})
  VALUES (?, ?, ${SUM_MARKS})`;

/**
 * Keeps a model's counters from falling: what an estimate gives back, in favour of less or of another model, is held, and
 * used up by what comes next. What counters tell is what there is and what is held. Run it in a transaction.
 *
 * @param added what a report adds to the model in all, in the order of `SUM_COLUMNS`
 */
export function hold(sql: SqlStorage, provider: string, model: string, added: readonly number[]): void {
  const [row] = [...sql.exec(SELECT, provider, model).raw()];
  const known = row?.map(Number) ?? added.map(() => 0);
  const held = added.map((sum, index) => Math.max(0, (known[index] ?? 0) - sum));
  if (held.every((sum, index) => sum === known[index])) return;
  if (held.some((sum) => sum > 0)) sql.exec(REPLACE, provider, model, ...held);
  else sql.exec("DELETE FROM held WHERE provider = ? AND model = ?", provider, model);
}
