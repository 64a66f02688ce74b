import { type Provider, PROVIDERS } from "../../shared/providers.ts";
import { labelsOf } from "./labels.ts";
import { listTerms, NEARLY, type Terms } from "./list-terms.ts";
import { bitOf, STATE_CODES } from "./listed.ts";
import { countPendingSettings } from "./settings.ts";
import { readJob } from "./rebuild.ts";
import type { RebuildReport } from "./reports.ts";
import type { TokenMatch } from "./types.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** How old a token is, in ms, before it needs attention that it was never used. */
const UNUSED_MS = 14 * DAY_MS;
/** Tokens are counted up to here, so that a look costs the same however many there are. */
export const MOST_COUNTED = 1_000;
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
  /** Live ones (active, and not expired) that end within 7 days, the next to end first. */
  expiring: TokensFound;
  /** Live ones that were made 14 days ago or earlier and never used, the oldest first; none while nothing is known of uses. */
  unused: TokensFound;
  /** Live ones of which a budget is used up, and of which 80 % or more of one are used, the fullest first. */
  budgetsUsedUp: TokensFound;
  budgetsNear: TokensFound;
  /** The sets of providers that live tokens are for. */
  providerSets: Provider[][];
  /**
   * Changes that aren't published yet. `tokens`: exact up to `MOST_COUNTED`, which stands for that many or more. `since`: the
   * oldest of a token, ms since 1970; null: there is none.
   */
  pending: { tokens: number; settings: number; since: number | null };
  /** The rebuild that is on its way; null: none. */
  rebuild: RebuildReport | null;
}

const NONE: TokensFound = { count: 0, first: [] };

/** How tokens are found: by which index of the list, which has them in this order. */
interface Way {
  index: "listed_by_status" | "listed_unused" | "listed_nearly";
  order: string;
  terms: Terms;
}

/** Counts and names tokens. Without its name, SQLite might take another index, and read all tokens by it. */
function tokensFound(sql: SqlStorage, { index, order, terms: { where, bindings } }: Way): TokensFound {
  const from = `FROM listed INDEXED BY ${index} WHERE ${where.join(" AND ")}`;
  const { count } = sql
    .exec<{ count: number }>(`SELECT count(*) AS count FROM (SELECT 1 ${from} LIMIT ${MOST_COUNTED})`, ...bindings)
    .one();
  if (count === 0) return NONE;
  const first = sql.exec<{ id: string }>(`SELECT id ${from} ORDER BY ${order} LIMIT ${NAMED}`, ...bindings);
  const ids = first.toArray().map(({ id }) => id);
  const labels = labelsOf(sql, ids);
  return { count, first: ids.map((id) => ({ id, label: labels[id] ?? id })) };
}

const LIVE = `state = ${STATE_CODES.active} AND expires_at > ?`;
const ANY: TokenMatch = { query: "", status: null, provider: null, policy: null };

const expiring = (now: number): Way => ({
  index: "listed_by_status",
  order: "expires_at, id",
  terms: listTerms({ ...ANY, status: "expiring" }, now),
});

const unused = (now: number): Way => ({
  index: "listed_unused",
  order: "created_at, id",
  terms: { where: ["created_at <= ?", LIVE, "used_at = 0"], bindings: [now - UNUSED_MS, now] },
});

/** Of which a budget is used from one share, no less than `NEARLY`, up to another; left out: without an end. */
const usedFrom = (now: number, from: number, below = Number.MAX_VALUE): Way => ({
  index: "listed_nearly",
  order: "share DESC, id DESC",
  terms: { where: [`share >= ${NEARLY}`, "share >= ?", "share < ?", LIVE], bindings: [from, below, now] },
});

// From one set to the next by the index: reading every token would cost more with each.
const ACTIVE_BY_PROVIDERS = `FROM listed INDEXED BY listed_by_providers WHERE state = ${STATE_CODES.active}`;
const PROVIDER_SETS = `
  WITH RECURSIVE sets (providers) AS (
    SELECT 0
    UNION ALL
    SELECT (SELECT min(listed.providers) ${ACTIVE_BY_PROVIDERS} AND listed.providers > sets.providers)
    FROM sets WHERE sets.providers IS NOT NULL
  )
  SELECT providers FROM sets WHERE providers > 0 AND EXISTS (
    SELECT 1 ${ACTIVE_BY_PROVIDERS} AND listed.providers = sets.providers AND expires_at > ?
  )`;

function providerSets(sql: SqlStorage, now: number): Provider[][] {
  const rows = sql.exec<{ providers: number }>(PROVIDER_SETS, now).toArray();
  return rows.map(({ providers }) => PROVIDERS.filter((provider) => (providers & bitOf(provider)) !== 0));
}

function pendingChanges(sql: SqlStorage): RegistryAttention["pending"] {
  // A token's row stays the same while it waits, so those that wait the longest are the first of the table.
  const query = `SELECT count(*) AS tokens, min(since) AS since FROM (SELECT since FROM outbox ORDER BY rowid LIMIT ${MOST_COUNTED})`;
  const { tokens, since } = sql.exec<{ tokens: number; since: number | null }>(query).one();
  return { tokens, settings: countPendingSettings(sql), since };
}

/**
 * Looks for what may need the owner's attention. What it reads doesn't grow with the number of tokens, but for those that
 * it counts.
 *
 * @param now ms since 1970
 * @param knowsUses whether it was ever told how tokens are used
 */
export function readAttention(sql: SqlStorage, now: number, knowsUses: boolean): RegistryAttention {
  const job = readJob(sql);
  return {
    hasTokens: sql.exec("SELECT 1 FROM tokens WHERE state <> 'deleted' LIMIT 1").toArray().length > 0,
    expiring: tokensFound(sql, expiring(now)),
    // Else every token would look as if it had never been used.
    unused: knowsUses ? tokensFound(sql, unused(now)) : NONE,
    budgetsUsedUp: tokensFound(sql, usedFrom(now, 1)),
    budgetsNear: tokensFound(sql, usedFrom(now, NEARLY, 1)),
    providerSets: providerSets(sql, now),
    pending: pendingChanges(sql),
    rebuild: job === null || job.report.done ? null : job.report,
  };
}
