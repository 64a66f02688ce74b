import type { NearBudget, ToldBudget } from "../../shared/usage.ts";

/** Budgets that less is used of aren't found by an index. */
const INDEXED_FROM = 0.5;
/** Budgets that are told of at once. */
const MOST = 1_000;
/** Tokens whose budgets are looked at again at once. */
const SWEPT = 1_000;

/** A budget of nothing is used up. */
const shareOf = ({ used, limit }: ToldBudget): number => (limit > 0 ? used / limit : 1);

/**
 * The budget of which the largest share is used.
 *
 * @param now ms since 1970: what has begun anew since it was told isn't used any more
 * @returns null where there is none
 */
function fullest(budgets: readonly ToldBudget[], now: number): ToldBudget | null {
  let found: ToldBudget | null = null;
  for (const budget of budgets) {
    if (budget.resetsAt !== null && budget.resetsAt <= now) continue;
    if (found === null || shareOf(budget) > shareOf(found)) found = budget;
  }
  return found;
}

/** The largest share of a budget that is used; 0 where there is none. `now`: ms since 1970. */
export function fullestShare(budgets: readonly ToldBudget[], now: number): number {
  const found = fullest(budgets, now);
  return found === null ? 0 : shareOf(found);
}

type Row = { id: string; budgets: string; fullest: number };

const SELECT = "SELECT id, budgets, fullest FROM tokens WHERE";

// The cast: only noteUse writes this column.
const budgetsOf = ({ budgets }: Row): ToldBudget[] => JSON.parse(budgets) as ToldBudget[];

/**
 * Budgets near their end; see `ControlApi.nearBudgets`.
 *
 * @param now ms since 1970
 */
export function readNear(sql: SqlStorage, share: number, limit: number, now: number): NearBudget[] {
  const most = Math.min(MOST, Math.max(1, Math.trunc(limit) || 1));
  const indexed = share >= INDEXED_FROM ? `fullest >= ${INDEXED_FROM} AND` : "";
  const found: { near: NearBudget; share: number }[] = [];
  // What was told last is never less than what it is now, so what comes later can't be fuller than its own row says.
  for (const row of sql.exec<Row>(`${SELECT} ${indexed} fullest >= ? ORDER BY fullest DESC, id`, share)) {
    if (found.length >= most && row.fullest <= (found[most - 1]?.share ?? 0)) break;
    const budget = fullest(budgetsOf(row), now);
    if (budget === null || shareOf(budget) < share) continue;
    found.push({ near: { tokenId: row.id, budget }, share: shareOf(budget) });
    found.sort((one, other) => other.share - one.share);
  }
  return found.slice(0, most).map(({ near }) => near);
}

/**
 * Takes tokens out of the index whose budgets have begun anew since they were told, some of them at a time: `readNear`
 * would look at them for ever.
 *
 * @param now ms since 1970
 * @returns whether there is more
 */
export function sweepNear(sql: SqlStorage, now: number): boolean {
  const rows = sql.exec<Row>(`${SELECT} fullest >= ${INDEXED_FROM}`).toArray();
  const stale = rows.filter((row) => fullestShare(budgetsOf(row), now) < row.fullest);
  for (const row of stale.slice(0, SWEPT)) {
    sql.exec("UPDATE tokens SET fullest = ? WHERE id = ?", fullestShare(budgetsOf(row), now), row.id);
  }
  return stale.length > SWEPT;
}
