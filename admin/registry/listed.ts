import { PROVIDERS, type Provider } from "../../shared/providers.ts";
import { checkRecord, type TokenRecord } from "../../shared/record.ts";
import type { TokenUse } from "../../shared/usage.ts";
import { budgetsNow, shareOf } from "./budgets.ts";
import { saveSearched } from "./search.ts";

// The list of tokens as it is searched, filtered and sorted: a narrow row for each token, so that reading all of them is
// quick, and none of it truth. Records and uses are truth.

/** Stands for "never" where a token's expiry is sorted by. */
export const NEVER = Number.MAX_SAFE_INTEGER;

/** How states are written: in the order in which the list sorts them. */
export const STATE_CODES: Record<TokenRecord["state"], number> = { active: 0, disabled: 1, deleted: 2 };

/** A provider as a bit. */
export const bitOf = (provider: Provider): number => 1 << PROVIDERS.indexOf(provider);

/** Numbers in labels are sorted by their value, up to so many digits. */
const DIGITS = 12;

/** What a label is sorted by: without case and accents, and `class 2` before `class 10`. */
export const labelKey = (label: string): string =>
  label
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/\d+/g, (digits) => digits.padStart(DIGITS, "0"));

/** How much of its fullest budget a token has used, and until when that holds, ms since 1970; null: until it is used. */
export function fullness(
  record: TokenRecord,
  use: TokenUse | null,
  now: number,
): { share: number; until: number | null } {
  const budgets = budgetsNow(record, use, now);
  const [fullest] = budgets;
  const ends = budgets.filter(({ used }) => used > 0).flatMap(({ resetsAt }) => (resetsAt === null ? [] : [resetsAt]));
  return {
    share: fullest === undefined ? 0 : shareOf(fullest),
    until: ends.length === 0 ? null : Math.min(...ends),
  };
}

/** What the ledger told of a token's use; null: nothing. */
export function findUse(sql: SqlStorage, tokenId: string): TokenUse | null {
  const [row] = sql.exec<{ use: string }>("SELECT use FROM uses WHERE token_id = ?", tokenId).toArray();
  // The cast: only saveUse writes this table.
  return row === undefined ? null : (JSON.parse(row.use) as TokenUse);
}

/**
 * Brings the part of a token's row up to date that is about its use: after that has changed, or a period of its budgets is
 * over.
 *
 * @param now ms since 1970
 */
export function saveListedUse(sql: SqlStorage, record: TokenRecord, use: TokenUse | null, now: number): void {
  const { share, until } = fullness(record, use, now);
  const used = use?.lastUsedAt ?? 0;
  const query = "UPDATE listed SET used_at = ?, share = ?, share_until = ? WHERE id = ?";
  sql.exec(query, used, share, until, record.id);
}

/**
 * Brings a token's row up to date after its record has changed. What hasn't changed isn't written.
 *
 * @param now ms since 1970
 */
export function saveListed(sql: SqlStorage, record: TokenRecord, now: number): void {
  const use = findUse(sql, record.id);
  const { share, until } = fullness(record, use, now);
  sql.exec(
    `INSERT INTO listed (id, state, created_at, expires_at, label_key, providers, policy, holder_acted_at, used_at, share, share_until)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
     ON CONFLICT (id) DO UPDATE SET state = ?2, created_at = ?3, expires_at = ?4, label_key = ?5, providers = ?6, policy = ?7,
       holder_acted_at = ?8, used_at = ?9, share = ?10, share_until = ?11
     WHERE (state, created_at, expires_at, label_key, providers, policy, holder_acted_at, used_at, share, share_until)
       IS NOT (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)`,
    record.id,
    STATE_CODES[record.state],
    record.createdAt,
    record.expiresAt ?? NEVER,
    labelKey(record.label),
    record.providers.reduce((bits, provider) => bits | bitOf(provider), 0),
    record.policy?.id ?? "",
    record.holderActedAt ?? 0,
    use?.lastUsedAt ?? 0,
    share,
    until,
  );
  const { row } = sql.exec<{ row: number }>("SELECT row FROM listed WHERE id = ?", record.id).one();
  saveSearched(sql, row, record);
}

/** Lists all tokens: those of a registry that had no list yet. `now`: ms since 1970. */
export function fillListed(sql: SqlStorage, now: number): void {
  for (const { record } of sql.exec<{ record: string }>("SELECT record FROM tokens")) {
    const checked = checkRecord(JSON.parse(record));
    if (checked !== null) saveListed(sql, checked, now);
  }
}
