import type { Provider } from "../../shared/providers.ts";
import { countPendingSettings } from "./settings.ts";
import { readJob } from "./rebuild.ts";
import type { RebuildReport } from "./reports.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** How long before its expiry a token needs attention, in ms. */
export const EXPIRING_MS = 7 * DAY_MS;
/** Tokens are counted up to here, so that a look costs the same however many there are. */
export const MOST_COUNTED = 10_000;
/** How many of the tokens are named. */
const NAMED = 3;

/** Tokens of which something is to be said. */
export interface TokensFound {
  /** Exact up to `MOST_COUNTED`, which stands for that many or more. */
  count: number;
  /** The first few of them, the most urgent first. */
  first: { id: string; label: string }[];
}

/** What the registry knows that may need the owner's attention. */
export interface RegistryAttention {
  /** Whether there is any token that isn't deleted. */
  hasTokens: boolean;
  /** Active ones that end within 7 days, the next to end first. */
  expiring: TokensFound;
  /** Active ones that were made 14 days ago or earlier and never used, the oldest first. */
  unused: TokensFound;
  /** Active ones of which a budget is used up, and of which 80 % or more of one are used, the fullest first. */
  budgetsUsedUp: TokensFound;
  budgetsNear: TokensFound;
  /** The sets of providers that live tokens are for. */
  providerSets: Provider[][];
  /** Changes that aren't published yet. `since`: the oldest of a token, ms since 1970; null: there is none. */
  pending: { tokens: number; settings: number; since: number | null };
  /** The rebuild that is on its way; null: none. */
  rebuild: RebuildReport | null;
}

function tokensFound(sql: SqlStorage, where: string, order: string, ...values: SqlStorageValue[]): TokensFound {
  const from = `FROM tokens WHERE ${where}`;
  const { count } = sql
    .exec<{ count: number }>(`SELECT count(*) AS count FROM (SELECT 1 ${from} LIMIT ${MOST_COUNTED})`, ...values)
    .one();
  if (count === 0) return { count, first: [] };
  const first = sql.exec<{ id: string; label: string }>(
    `SELECT id, label ${from} ORDER BY ${order}, id LIMIT ${NAMED}`,
    ...values,
  );
  return { count, first: first.toArray() };
}

// From one set to the next by the index: reading every token would cost more with each.
const PROVIDER_SETS = `
  WITH RECURSIVE sets (providers) AS (
    SELECT min(providers) FROM tokens WHERE state = 'active'
    UNION ALL
    SELECT (SELECT min(tokens.providers) FROM tokens WHERE state = 'active' AND tokens.providers > sets.providers)
    FROM sets WHERE sets.providers IS NOT NULL
  )
  SELECT providers FROM sets WHERE providers IS NOT NULL AND (
    EXISTS (SELECT 1 FROM tokens WHERE state = 'active' AND tokens.providers = sets.providers AND expires_at IS NULL)
    OR EXISTS (SELECT 1 FROM tokens WHERE state = 'active' AND tokens.providers = sets.providers AND expires_at > ?)
  )`;

function providerSets(sql: SqlStorage, now: number): Provider[][] {
  const rows = sql.exec<{ providers: string }>(PROVIDER_SETS, now).toArray();
  // The cast: only saveToken writes this column.
  return rows.map(({ providers }) => JSON.parse(providers) as Provider[]);
}

function pendingChanges(sql: SqlStorage): RegistryAttention["pending"] {
  const query = "SELECT count(*) AS tokens, min(since) AS since FROM outbox";
  const { tokens, since } = sql.exec<{ tokens: number; since: number | null }>(query).one();
  return { tokens, settings: countPendingSettings(sql), since };
}

/**
 * Looks for what may need the owner's attention. What it reads doesn't grow with the number of tokens.
 *
 * @param now ms since 1970
 */
export function readAttention(sql: SqlStorage, now: number): RegistryAttention {
  const hasTokens = sql.exec("SELECT 1 FROM tokens WHERE state <> 'deleted' LIMIT 1").toArray().length > 0;
  const job = readJob(sql);
  return {
    hasTokens,
    expiring: tokensFound(
      sql,
      "state = 'active' AND expires_at > ?1 AND expires_at <= ?2",
      "expires_at",
      now,
      now + EXPIRING_MS,
    ),
    unused: { count: 0, first: [] },
    budgetsUsedUp: { count: 0, first: [] },
    budgetsNear: { count: 0, first: [] },
    providerSets: providerSets(sql, now),
    pending: pendingChanges(sql),
    rebuild: job === null || job.report.done ? null : job.report,
  };
}
