import type { SeriesQuery, SeriesStep, UsageSeries } from "../../shared/usage.ts";
import { BRIEF_COLUMNS, SELECT_BRIEF, SUM_BRIEF } from "./brief.ts";
import { ALL_HOURS, foldHours, oldestHour } from "./hours.ts";
import { type Found, type Key, partsOf, type Row } from "./parts.ts";
import { REPORTED_WITHIN_MS } from "./reading.ts";
import { stepsOf } from "./steps.ts";
import { readTokenHours, readTokens } from "./token-series.ts";

/** Keys that are told apart at most. */
const MOST_KEYS = 20;

/** Where the usage of all tokens together is read: of some steps (`?1` is the first, `?2` the one behind the last). */
const SOURCES: Record<SeriesStep, string> = {
  hour: `SELECT hour AS step, provider, model, ${BRIEF_COLUMNS} FROM ${ALL_HOURS} WHERE hour >= ?1 AND hour < ?2`,
  day: `SELECT day AS step, provider, model, ${SELECT_BRIEF} FROM days WHERE day >= ?1 AND day < ?2`,
  month: `SELECT substr(day, 1, 7) AS step, provider, model, ${SELECT_BRIEF} FROM days WHERE day >= ?1 AND day < ?2`,
};

/** The first step, and the one behind the last, as the tables call them. */
type Range = [string | number, string | number];

/** What tells keys apart in these: a model's name may be of two providers. */
const KEYS = {
  provider: "provider AS key, NULL AS provider",
  model: "model AS key, provider",
} as const;

/** What a series is made of, with all together, one row for each step. */
interface Whole {
  found: Found;
  totals: Row[];
}

/** Providers or models: from one table for all, which is read once. */
function readKeys(sql: SqlStorage, step: SeriesStep, by: "provider" | "model", range: Range, top: number): Whole {
  const rows = sql.exec<Row & { place: number | null }>(
    `WITH summed AS MATERIALIZED (
       SELECT step, key, provider, ${SUM_BRIEF} FROM
         (SELECT step, ${KEYS[by]}, requests, errors, refused, tokens, nanos, unpriced FROM (${SOURCES[step]}))
       GROUP BY step, key, provider
     ), first AS MATERIALIZED (
       SELECT key, provider, row_number() OVER (ORDER BY sum(nanos) DESC, sum(requests) DESC, key, provider) AS place
       FROM summed GROUP BY key, provider HAVING sum(requests) <> 0 OR sum(nanos) <> 0 ORDER BY place LIMIT ?3
     )
     SELECT place, step, summed.key, summed.provider, ${BRIEF_COLUMNS} FROM first CROSS JOIN summed
       ON summed.key = first.key AND summed.provider IS first.provider
     UNION ALL SELECT NULL, step, NULL, NULL, ${SUM_BRIEF} FROM summed GROUP BY step`,
    ...range,
    top,
  );
  const all = rows.toArray();
  const told = all.filter(({ place }) => place !== null).toSorted((a, b) => Number(a.place) - Number(b.place));
  const keys = new Map(told.map(({ place, key, provider }): [unknown, Key] => [place, [key ?? "", provider]]));
  return { found: { keys: [...keys.values()], rows: told }, totals: all.filter(({ place }) => place === null) };
}

/**
 * Usage over time; see `ControlApi.usageSeries`.
 *
 * @param now ms since 1970
 */
export function readSeries(storage: DurableObjectStorage, query: SeriesQuery, now: number): UsageSeries {
  const { sql } = storage;
  const { step, by } = query;
  const asOf = now - REPORTED_WITHIN_MS;
  const steps = stepsOf(query);
  if (steps === null) return { steps: [], parts: [], asOf };
  const top = Math.min(MOST_KEYS, Math.max(1, Math.trunc(query.top) || 1));
  // Of what is older, some may have been thrown away.
  const from = step === "hour" ? Math.max(Number(steps.labels[0]), oldestHour(now)) : (steps.labels[0] ?? "");
  const range: Range = [from, steps.before];
  if (step === "hour") foldHours(sql, now);
  if (by !== "token") {
    const { found, totals } = readKeys(sql, step, by, range, top);
    return { steps: steps.starts, parts: partsOf(steps, found, totals), asOf };
  }
  const found =
    step === "hour"
      ? readTokenHours(sql, range, top)
      : readTokens(storage, step, steps, { top, soon: query.soon === true });
  const totals = sql.exec<Row>(
    `SELECT step, NULL AS key, NULL AS provider, ${SUM_BRIEF} FROM (${SOURCES[step]}) GROUP BY step`,
    ...range,
  );
  const parts = partsOf(steps, found ?? { keys: [], rows: [] }, totals.toArray());
  return { steps: steps.starts, parts, asOf, ...(found === null && { isPending: true }) };
}
