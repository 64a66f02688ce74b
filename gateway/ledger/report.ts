import type { TokenRecord } from "../../shared/record.ts";
import type { ToldBudget, UsageRow } from "../../shared/usage.ts";
import type { Notice } from "../../shared/webhooks.ts";

/** What a guard tells the ledger behind the requests, until the ledger has it: telling it twice changes nothing. */
export interface LedgerReport {
  tokenId: string;
  /** Whole rows, not differences: of each day, provider and model that changed since the last report. */
  rows: UsageRow[];
  /** When the token was last used, ms since 1970; null: never. */
  lastUsedAt: number | null;
  /** How its budgets stand, in the order of its limits; what requests on their way hold is in `used`. */
  budgets: ToldBudget[];
  notices: Notice[];
  /** The token's record where its holder has changed it since the last report; null: they haven't. */
  changedByHolder: TokenRecord | null;
}
