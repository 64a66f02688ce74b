import type { GatewayMetrics, TokenTotals } from "../../shared/metrics.ts";
import type { UsageGroup, UsageQuery, UsageReport, UsageRow, UsageRowPage, UsageRowQuery } from "../../shared/usage.ts";
import { dayAfter } from "../calendar.ts";
import { reportOfRows } from "../usage/report.ts";
import { microsOf } from "../usage/money.ts";
import { SELECT_SUMS, SUM_NAMES, usageRowOf } from "./columns.ts";
import { pageOf, readPlace } from "./cursor.ts";
import { oldestDay } from "./days.ts";
import { foldedDay } from "./folding.ts";
import { monthsFolded } from "./months.ts";
import { rankTokens } from "./rankings.ts";
import { usageOf } from "./token-sums.ts";

/** Guards report within 10 s; what failed then comes later. */
export const REPORTED_WITHIN_MS = 15_000;
/** Tokens that one report or page of metrics tells of. */
const MOST_TOKENS = 1_000;
/** Models that metrics tell of: a holder can make up any number. */
const MOST_MODELS = 1_000;
/** Rows of a page. */
const MOST_ROWS = 1_000;

/** What is grouped by in the database, so that no more rows leave it than are told. */
const GROUPED: Record<Exclude<UsageGroup, "token">, string> = {
  day: "SELECT day, sums FROM days WHERE day >= ? AND day <= ? GROUP BY day",
  model: `SELECT provider, model, sums FROM days WHERE day >= ? AND day <= ? GROUP BY provider, model
    ORDER BY sum(nanos) DESC, sum(requests) DESC, provider, model LIMIT ${MOST_MODELS}`,
  provider: "SELECT provider, sums FROM days WHERE day >= ? AND day <= ? GROUP BY provider",
};

function* selected(sql: SqlStorage, query: string, ...values: SqlStorageValue[]): Generator<UsageRow> {
  for (const row of sql.exec(query, ...values)) yield usageRowOf(row);
}

/** Rows of tokens that are all added up, which is less than to look up those of 1,000 tokens one by one. */
const FEW_ROWS = 20_000;
const OF_DAYS = "FROM usage WHERE day >= ? AND day <= ?";
const BEYOND_FEW = `SELECT 1 ${OF_DAYS} LIMIT 1 OFFSET ${FEW_ROWS}`;
const TOKENS = `SELECT token_id, ${SELECT_SUMS} ${OF_DAYS} GROUP BY token_id HAVING sum(requests) <> 0
  ORDER BY sum(nanos) DESC, sum(requests) DESC, token_id LIMIT ${MOST_TOKENS}`;

/** The tokens that used the most; null: that isn't added up yet. */
function topTokens(
  storage: DurableObjectStorage,
  { from, to, top }: UsageQuery,
  now: number,
  soon: boolean,
): UsageRow[] | null {
  const { sql } = storage;
  // Of a day that isn't kept any more, its month may still know who used the most.
  const oldest = oldestDay(now);
  const range = { from: from < oldest ? oldest : from, before: dayAfter(to) };
  const hasFew = top === undefined && sql.exec(BEYOND_FEW, range.from, to).toArray().length === 0;
  if (hasFew) return [...selected(sql, TOKENS, range.from, to)];
  const most = Math.min(MOST_TOKENS, Math.max(1, Math.trunc(top ?? MOST_TOKENS) || 1));
  const ids = rankTokens(storage, range, most, soon && top !== undefined);
  return ids === null ? null : usageOf(sql, ids, range, monthsFolded(storage));
}

/**
 * Usage of all tokens.
 *
 * @param now ms since 1970
 * @param soon whether "still being added up" is an answer, where `top` is asked for
 */
export function readUsage(storage: DurableObjectStorage, query: UsageQuery, now: number, soon: boolean): UsageReport {
  const { sql } = storage;
  const { from, to, group } = query;
  const told = (by: UsageGroup, rows: Iterable<UsageRow>): UsageReport =>
    reportOfRows(rows, { group: by }, now - REPORTED_WITHIN_MS);
  const read = (by: keyof typeof GROUPED): UsageReport =>
    told(by, selected(sql, GROUPED[by].replace("sums", SELECT_SUMS), from, to));
  // The tokens and models that are told may not be all.
  if (group === "model") return { ...read(group), total: read("provider").total };
  if (group !== "token") return read(group);
  const rows = topTokens(storage, query, now, soon);
  return { ...told(group, rows ?? []), total: read("provider").total, ...(rows === null && { isPending: true }) };
}

/** Usage of all tokens, row by row. Behind what no page gave, there is none. */
export function readRows(sql: SqlStorage, { from, to, after, limit }: UsageRowQuery): UsageRowPage {
  const start = { day: from, tokenId: "", provider: "", model: "" };
  const place = after === null ? start : readPlace(after);
  if (place === null) return { rows: [], next: null };
  const most = Math.min(MOST_ROWS, Math.max(1, limit));
  const rows = selected(
    sql,
    `SELECT * FROM usage WHERE (day, token_id, provider, model) > (?, ?, ?, ?) AND day >= ? AND day <= ?
     ORDER BY day, token_id, provider, model LIMIT ?`,
    place.day,
    place.tokenId,
    place.provider,
    place.model,
    from,
    to,
    most + 1,
  );
  return pageOf([...rows], most);
}

const MODEL_TOTALS = `SELECT provider, model, ${SELECT_SUMS} FROM
  (SELECT provider, model, ${SUM_NAMES} FROM totals
   UNION ALL SELECT provider, model, ${SUM_NAMES} FROM held
   UNION ALL SELECT provider, model, ${SUM_NAMES} FROM days WHERE day > ?)
  GROUP BY provider, model ORDER BY sum(requests) DESC, provider, model LIMIT ${MOST_MODELS}`;
const TOKEN_TOTALS = `SELECT id, told_requests AS requests, told_nanos AS nanos, last_used_at AS at FROM tokens
  ORDER BY last_used_at DESC, id LIMIT ${MOST_TOKENS}`;

/** The totals since ever, as counters: they never fall. */
export function readTotals(storage: DurableObjectStorage): Omit<GatewayMetrics, "webhooksWaiting"> {
  const { sql } = storage;
  const models = selected(sql, MODEL_TOTALS, foldedDay(storage));
  const tokens = sql.exec<{ id: string; requests: number; nanos: number; at: number | null }>(TOKEN_TOTALS).toArray();
  return {
    models: [...models].map(({ provider, model, requests, errors, counts, micros }) => ({
      provider,
      model,
      requests,
      errors,
      counts,
      micros,
    })),
    tokens: tokens.map(({ id, requests, nanos, at }): TokenTotals => ({
      tokenId: id,
      requests,
      micros: microsOf(nanos),
      lastUsedAt: at ?? 0,
    })),
  };
}
