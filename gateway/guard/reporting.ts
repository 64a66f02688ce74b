import type { Budget } from "../../shared/policy.ts";
import type { TokenRecord } from "../../shared/record.ts";
import type { ToldBudget } from "../../shared/usage.ts";
import type { LedgerReport } from "../ledger/report.ts";
import { budgetStandings } from "./limits.ts";
import type { Memory } from "./memory.ts";
import { cleanRows, type DirtyRow, dirtyRows } from "./usage-table.ts";

/** Rows that go in one report. */
const ROWS_A_REPORT = 500;

/** A report with what tells, when the ledger has it, what it has. */
export interface Sending {
  report: LedgerReport;
  /** The token's newest record then. */
  record: TokenRecord | null;
  rows: readonly DirtyRow[];
}

/** Tells whether the ledger doesn't have all yet. */
export const hasNews = ({ tally }: Memory): boolean =>
  tally.dirtySince !== null || tally.notices.length > 0 || tally.isChangedByHolder || tally.areBudgetsChanged === true;

/** The budgets that are told of a token. Of one that is gone, nobody asks. */
const budgetsOf = (record: TokenRecord | null): Budget[] =>
  record === null || record.state === "deleted" ? [] : (record.limits?.budgets ?? []);

/**
 * Whether a new record has other budgets than the one before: the ledger would go on telling that an old one is near its
 * end, until the token is used again.
 */
export const hasOtherBudgets = (record: TokenRecord | null, before: TokenRecord | null): boolean =>
  JSON.stringify(budgetsOf(record)) !== JSON.stringify(budgetsOf(before));

function budgetsTold(memory: Memory, record: TokenRecord | null, now: number): ToldBudget[] {
  return budgetStandings({ budgets: budgetsOf(record) }, memory, now).map(
    ({ unit, per, limit, used, reserved, resetsAt }) => ({
      unit,
      per,
      limit,
      used: used + reserved,
      resetsAt,
    }),
  );
}

/**
 * What the ledger doesn't have yet.
 *
 * @param record the token's newest; null: the guard was told of none
 * @param now ms since 1970
 */
export function reportOf(memory: Memory, record: TokenRecord | null, now: number): Sending {
  const { sql, tally, tokenId } = memory;
  const rows = tally.dirtySince === null ? [] : dirtyRows(sql, tally.dirtySince, ROWS_A_REPORT);
  const report: LedgerReport = {
    tokenId,
    rows: rows.map(({ row }) => row),
    lastUsedAt: tally.lastUsedAt,
    budgets: budgetsTold(memory, record, now),
    notices: tally.notices,
    changedByHolder: tally.isChangedByHolder ? record : null,
  };
  return { report, record, rows };
}

/**
 * Notes that the ledger has a report. What came since stays to be told.
 *
 * @param record the token's newest now
 */
export function noteSent(memory: Memory, { report, record: told, rows }: Sending, record: TokenRecord | null): void {
  const { sql, tally } = memory;
  cleanRows(sql, rows);
  if (tally.dirtySince !== null && dirtyRows(sql, tally.dirtySince, 1).length === 0) tally.dirtySince = null;
  const sent = new Set(report.notices.map(({ id }) => id));
  tally.notices = tally.notices.filter(({ id }) => !sent.has(id));
  if (!hasOtherBudgets(record, told)) tally.areBudgetsChanged = false;
  if (report.changedByHolder?.holderActedAt === record?.holderActedAt) tally.isChangedByHolder = false;
  memory.isChanged = true;
}
