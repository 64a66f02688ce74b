import type { TokenUse, ToldBudget, UseChanges } from "../../shared/usage.ts";
import { microsOf } from "../usage/money.ts";
import { fullestShare } from "./near.ts";

/** Ids that are looked up at once. */
const MOST_IDS = 200;
/** Changes that are told at once. */
const MOST_CHANGES = 1_000;

const SAVE = `INSERT INTO tokens
    (id, last_used_at, requests, nanos, told_requests, told_nanos, change, budgets, fullest)
  VALUES (?1, ?2, ?3, ?4, max(0, ?3), max(0, ?4), (SELECT coalesce(max(change), 0) + 1 FROM tokens), ?5, ?6)
  ON CONFLICT DO UPDATE SET last_used_at = max(coalesce(last_used_at, 0), coalesce(excluded.last_used_at, 0)),
    requests = requests + excluded.requests, nanos = nanos + excluded.nanos,
    told_requests = max(told_requests, requests + excluded.requests),
    told_nanos = max(told_nanos, nanos + excluded.nanos),
    change = excluded.change, budgets = excluded.budgets, fullest = excluded.fullest`;

/** What a report says of a token. */
export interface UseChange {
  tokenId: string;
  /** ms since 1970; null: never. */
  lastUsedAt: number | null;
  budgets: readonly ToldBudget[];
  /** What it adds. */
  requests: number;
  nanos: number;
}

/**
 * Notes how a token was used, under a new number, so that nobody who reads on misses it. Where nothing is new, nothing is
 * written. Run it in a transaction.
 *
 * @param now ms since 1970
 */
export function noteUse(sql: SqlStorage, change: UseChange, now: number): void {
  const { tokenId, lastUsedAt, requests, nanos } = change;
  const budgets = JSON.stringify(change.budgets);
  const query = "SELECT coalesce(last_used_at, 0) AS at, budgets FROM tokens WHERE id = ?";
  const [known] = sql.exec<{ at: number; budgets: string }>(query, tokenId).toArray();
  const { at, budgets: knownBudgets } = known ?? { at: 0, budgets: "[]" };
  if (requests === 0 && nanos === 0 && (lastUsedAt ?? 0) <= at && budgets === knownBudgets) return;
  sql.exec(SAVE, tokenId, lastUsedAt, requests, nanos, budgets, fullestShare(change.budgets, now));
}

type Row = { id: string; at: number | null; requests: number; nanos: number; budgets: string; change: number };

const SELECT = "SELECT id, last_used_at AS at, requests, nanos, budgets, change FROM tokens";

function useOf({ id, at, requests, nanos, budgets }: Row): TokenUse {
  // The cast: only noteUse writes this column.
  const told = JSON.parse(budgets) as ToldBudget[];
  return {
    tokenId: id,
    lastUsedAt: at || null,
    requests,
    micros: microsOf(nanos),
    budgets: told.map(({ unit, per, used, resetsAt }) => ({ unit, per, used, resetsAt })),
  };
}

/** How tokens were used; see `ControlApi.tokenUses`. */
export function readUses(sql: SqlStorage, ids: readonly string[]): TokenUse[] {
  const query = `${SELECT} WHERE id IN (SELECT value FROM json_each(?))`;
  return sql
    .exec<Row>(query, JSON.stringify(ids.slice(0, MOST_IDS)))
    .toArray()
    .map(useOf);
}

/** Tokens whose use has changed; see `ControlApi.useChanges`. */
export function readUseChanges(sql: SqlStorage, after: number): UseChanges {
  const { last } = sql.exec<{ last: number }>("SELECT coalesce(max(change), 0) AS last FROM tokens").one();
  // Whoever has read further than there is has read another ledger's numbers, which was lost: they begin anew.
  const from = after > last ? 0 : after;
  const rows = sql.exec<Row>(`${SELECT} WHERE change > ? ORDER BY change LIMIT ?`, from, MOST_CHANGES).toArray();
  return { uses: rows.map(useOf), next: rows.at(-1)?.change ?? from };
}
