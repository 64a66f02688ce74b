import type { SeriesKey, SeriesQuery, SeriesStep, UsageSeries } from "../../shared/usage.ts";
import { BRIEF_COLUMNS, SELECT_BRIEF, SUM_BRIEF } from "./brief.ts";
import { oldestHour } from "./hours.ts";
import { monthsFolded } from "./months.ts";
import { type Found, type Key, partsOf, type Row } from "./parts.ts";
import { rankTokens } from "./rankings.ts";
import { REPORTED_WITHIN_MS } from "./reading.ts";
import { type Steps, stepsOf } from "./steps.ts";

/** Keys that are told apart at most. */
const MOST_KEYS = 20;

/** Where the usage of all tokens together is read: of some steps (`?1` is the first, `?2` the one behind the last). */
const SOURCES: Record<SeriesStep, string> = {
  // In the order of the table, so that nothing has to be sorted and what is sorted later isn't much.
  hour: `SELECT hour AS step, provider, model, ${SUM_BRIEF} FROM hours WHERE hour >= ?1 AND hour < ?2
    GROUP BY hour, provider, model`,
  day: `SELECT day AS step, provider, model, ${SELECT_BRIEF} FROM days WHERE day >= ?1 AND day < ?2`,
  month: `SELECT substr(day, 1, 7) AS step, provider, model, ${SELECT_BRIEF} FROM days WHERE day >= ?1 AND day < ?2`,
};
const TOKEN_HOURS = "SELECT hour AS step, * FROM hours WHERE hour >= ?1 AND hour < ?2";

/** What tells keys apart in these: a model's name may be of two providers. */
const KEYS: Record<SeriesKey, string> = {
  provider: "provider AS key, NULL AS provider",
  model: "model AS key, provider",
  token: "token_id AS key, NULL AS provider",
};

/**
 * Where the usage of single tokens is read: of the steps `?1` and the tokens `?2`, both JSON; `?3` is `monthsFolded`. CROSS: in
 * this order, so that each row is looked up.
 */
const TOKEN_SOURCES: Record<Exclude<SeriesStep, "hour">, string> = {
  day: `SELECT day AS step, token_id, ${SELECT_BRIEF} FROM json_each(?1) AS steps
    CROSS JOIN json_each(?2) AS keys CROSS JOIN usage ON day = steps.value AND token_id = keys.value`,
  month: `SELECT month AS step, token_id, requests, errors, 0 AS refused, tokens, nanos, 0 AS unpriced
    FROM json_each(?1) AS steps CROSS JOIN json_each(?2) AS keys
    CROSS JOIN token_months ON month = steps.value AND token_id = keys.value
    UNION ALL SELECT substr(day, 1, 7) AS step, token_id, ${SELECT_BRIEF} FROM usage
    WHERE day > ?3 AND substr(day, 1, 7) IN (SELECT value FROM json_each(?1))
      AND token_id IN (SELECT value FROM json_each(?2))`,
};

/** What a series is made of, with all together, one row for each step. */
interface Whole {
  found: Found;
  totals: Row[];
}

/** From one table for all, which is read once: providers, models, and tokens by the hour. */
function readKeys(sql: SqlStorage, { step, by, top }: SeriesQuery, range: [string | number, string | number]): Whole {
  const source = by === "token" ? TOKEN_HOURS : SOURCES[step];
  const rows = sql.exec<Row & { place: number | null }>(
    `WITH summed AS MATERIALIZED (
       SELECT step, key, provider, ${SUM_BRIEF} FROM
         (SELECT step, ${KEYS[by]}, requests, errors, refused, tokens, nanos, unpriced FROM (${source}))
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

/** By day or month: what they are ranked by is in the months, and the days of only a few are read then. */
function readTokens(
  storage: DurableObjectStorage,
  step: "day" | "month",
  steps: Steps,
  { top, soon = false }: Pick<SeriesQuery, "top" | "soon">,
): Found | null {
  const { sql } = storage;
  const folded = monthsFolded(storage);
  const [first, behind] = [String(steps.labels[0]), String(steps.before)];
  const range = step === "day" ? { from: first, before: behind } : { from: `${first}-01`, before: `${behind}-01` };
  const ids = rankTokens(storage, range, top, soon);
  if (ids === null) return null;
  const rows = sql.exec<Row>(
    `SELECT step, token_id AS key, NULL AS provider, ${SUM_BRIEF} FROM (${TOKEN_SOURCES[step]}) GROUP BY step, token_id`,
    JSON.stringify(steps.labels),
    JSON.stringify(ids),
    ...(step === "month" ? [folded] : []),
  );
  return { keys: ids.map((id): Key => [id, null]), rows: rows.toArray() };
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
  const range: [string | number, string | number] = [from, steps.before];
  const isRanked = by === "token" && step !== "hour";
  if (!isRanked) {
    const { found, totals } = readKeys(sql, { ...query, top }, range);
    return { steps: steps.starts, parts: partsOf(steps, found, totals), asOf };
  }
  const found = readTokens(storage, step, steps, { ...query, top });
  const totals = sql.exec<Row>(
    `SELECT step, NULL AS key, NULL AS provider, ${SUM_BRIEF} FROM (${SOURCES[step]}) GROUP BY step`,
    ...range,
  );
  const parts = partsOf(steps, found ?? { keys: [], rows: [] }, totals.toArray());
  return { steps: steps.starts, parts, asOf, ...(found === null && { isPending: true }) };
}
