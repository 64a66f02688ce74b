import type { TokenUse } from "../../shared/usage.ts";
import { findUse, saveListedUse } from "./listed.ts";
import { findToken } from "./tokens.ts";

/** So many tokens whose periods are over are brought up to date while the owner waits; the alarm does the rest. */
const AT_ONCE = 500;

/** Takes over what the ledger told. Tokens that the registry doesn't know are passed over. `now`: ms since 1970. */
export function saveUses(sql: SqlStorage, uses: readonly TokenUse[], now: number): void {
  for (const use of uses) {
    const record = findToken(sql, use.tokenId);
    if (record === null) continue;
    sql.exec("INSERT OR REPLACE INTO uses (token_id, use) VALUES (?, ?)", use.tokenId, JSON.stringify(use));
    saveListedUse(sql, record, use, now);
  }
}

/** What the ledger told of tokens, by their ids; without those of which it told nothing. */
export function usesOf(sql: SqlStorage, ids: readonly string[]): Map<string, TokenUse> {
  const rows = sql.exec<{ use: string }>(
    "SELECT use FROM uses WHERE token_id IN (SELECT value FROM json_each(?))",
    JSON.stringify(ids),
  );
  // The cast: only saveUses writes this table.
  return new Map(
    rows
      .toArray()
      .map(({ use }) => JSON.parse(use) as TokenUse)
      .map((use) => [use.tokenId, use]),
  );
}

/**
 * Brings the rows of tokens up to date of which a period of a budget is over, so that they are sorted and filtered as they
 * stand now.
 *
 * @param now ms since 1970
 * @returns whether there are more
 */
export function rollPeriods(sql: SqlStorage, now: number): boolean {
  const due = sql.exec<{ id: string }>("SELECT id FROM listed WHERE share_until <= ? LIMIT ?", now, AT_ONCE).toArray();
  for (const { id } of due) {
    const record = findToken(sql, id);
    if (record !== null) saveListedUse(sql, record, findUse(sql, id), now);
    else sql.exec("UPDATE listed SET share_until = NULL WHERE id = ?", id);
  }
  return due.length === AT_ONCE;
}
