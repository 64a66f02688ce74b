import type { Provider } from "../../shared/providers.ts";
import type { SeriesKey, SeriesPart, SeriesQuery, SeriesStep, UsageSeries } from "../../shared/usage.ts";
import { microsOf } from "../usage/money.ts";
import { SELECT_BRIEF, SUM_BRIEF } from "./brief.ts";
import { oldestHour } from "./hours.ts";
import { monthsFolded, rankTokens } from "./months.ts";
import { REPORTED_WITHIN_MS } from "./reading.ts";
import { type Steps, stepsOf } from "./steps.ts";

/** Keys that are told apart at most. */
const MOST_KEYS = 20;

/** What one key used in one step; null keys are all together. */
type Row = {
  step: string | number;
  key: string | null;
  provider: string | null;
  requests: number;
  errors: number;
  tokens: number;
  nanos: number;
};

/** Where the usage of all tokens together is read: of some steps (`?1` is the first, `?2` the one behind the last). */
const SOURCES: Record<SeriesStep, string> = {
  hour: "SELECT hour AS step, * FROM hours WHERE hour >= ?1 AND hour < ?2",
  day: `SELECT day AS step, provider, model, ${SELECT_BRIEF} FROM days WHERE day >= ?1 AND day < ?2`,
  month: `SELECT substr(day, 1, 7) AS step, provider, model, ${SELECT_BRIEF} FROM days WHERE day >= ?1 AND day < ?2`,
};

/** What tells keys apart in these: a model's name may be of two providers. */
const KEYS: Record<SeriesKey, string> = {
  provider: "provider AS key, NULL AS provider",
  model: "model AS key, provider",
  token: "token_id AS key, NULL AS provider",
};

/** Where the usage of single tokens is read: of the steps `?1` and the tokens `?2`, both JSON; `?3` is `monthsFolded`. */
const TOKEN_SOURCES: Record<Exclude<SeriesStep, "hour">, string> = {
  day: `SELECT day AS step, token_id, ${SELECT_BRIEF} FROM json_each(?1) AS steps
    CROSS JOIN json_each(?2) AS keys JOIN usage ON day = steps.value AND token_id = keys.value`,
  month: `SELECT month AS step, token_id, requests, errors, 0 AS refused, tokens, nanos, 0 AS unpriced
    FROM json_each(?1) AS steps CROSS JOIN json_each(?2) AS keys
    JOIN token_months ON month = steps.value AND token_id = keys.value
    UNION ALL SELECT substr(day, 1, 7) AS step, token_id, ${SELECT_BRIEF} FROM usage
    WHERE day > ?3 AND substr(day, 1, 7) IN (SELECT value FROM json_each(?1))
      AND token_id IN (SELECT value FROM json_each(?2))`,
};

/** A key with the provider where it is a model's. */
type Key = [key: string, provider: string | null];

interface Found {
  /** The largest first. */
  keys: Key[];
  rows: Row[];
}

/** From one table for all: providers, models, and tokens by the hour. */
function readKeys(sql: SqlStorage, { step, by, top }: SeriesQuery, range: [string | number, string | number]): Found {
  const ranked = sql.exec<{ key: string; provider: string | null }>(
    `SELECT key, provider FROM (SELECT ${KEYS[by]}, nanos, requests FROM (${SOURCES[step]})) GROUP BY key, provider
     HAVING sum(requests) <> 0 OR sum(nanos) <> 0
     ORDER BY sum(nanos) DESC, sum(requests) DESC, key, provider LIMIT ?3`,
    ...range,
    top,
  );
  const keys = ranked.toArray().map(({ key, provider }): Key => [key, provider]);
  const rows = sql.exec<Row>(
    `SELECT step, key, provider, ${SUM_BRIEF} FROM (SELECT step, ${KEYS[by]}, requests, errors, refused, tokens, nanos, unpriced
       FROM (${SOURCES[step]}))
     JOIN json_each(?3) ON key = value ->> 0 AND provider IS value ->> 1 GROUP BY step, key, provider`,
    ...range,
    JSON.stringify(keys),
  );
  return { keys, rows: rows.toArray() };
}

/** By day or month: what they are ranked by is in the months, and the days of only a few are read then. */
function readTokens(storage: DurableObjectStorage, step: "day" | "month", steps: Steps, top: number): Found {
  const { sql } = storage;
  const folded = monthsFolded(storage);
  const [from, before] = [String(steps.labels[0]), String(steps.before)];
  const ids = rankTokens(sql, { from, before }, folded, top);
  const rows = sql.exec<Row>(
    `SELECT step, token_id AS key, NULL AS provider, ${SUM_BRIEF} FROM (${TOKEN_SOURCES[step]}) GROUP BY step, token_id`,
    JSON.stringify(steps.labels),
    JSON.stringify(ids),
    ...(step === "month" ? [folded] : []),
  );
  return { keys: ids.map((id): Key => [id, null]), rows: rows.toArray() };
}

function emptyPart(key: string | null, provider: string | null, length: number): SeriesPart {
  const none = (): number[] => Array.from({ length }, () => 0);
  // The cast: only providers are ever written.
  return {
    key,
    provider: provider as Provider | null,
    requests: none(),
    errors: none(),
    tokens: none(),
    micros: none(),
  };
}

/** Adds a row to a part, or takes it away. Money is in nano-dollars until all is there: sums of fractions drift. */
function addRow(part: SeriesPart, place: number, row: Row, times: 1 | -1): void {
  const add = (to: number[], value: number): void => {
    to[place] = (to[place] ?? 0) + value * times;
  };
  add(part.requests, row.requests);
  add(part.errors, row.errors);
  add(part.tokens, row.tokens);
  add(part.micros, row.nanos);
}

const isNothing = ({ requests, tokens, micros }: SeriesPart): boolean =>
  [requests, tokens, micros].every((sums) => sums.every((sum) => sum === 0));

function partsOf({ labels }: Steps, { keys, rows }: Found, totals: readonly Row[]): SeriesPart[] {
  const places = new Map(labels.map((label, place) => [label, place]));
  const others = emptyPart(null, null, labels.length);
  const parts = new Map(keys.map((key) => [JSON.stringify(key), emptyPart(...key, labels.length)]));
  for (const total of totals) addRow(others, places.get(total.step) ?? 0, total, 1);
  for (const row of rows) {
    const place = places.get(row.step) ?? 0;
    const part = parts.get(JSON.stringify([row.key, row.provider]));
    if (part !== undefined) addRow(part, place, row, 1);
    addRow(others, place, row, -1);
  }
  const told = [...parts.values(), ...(isNothing(others) ? [] : [others])];
  return told.map((part) => ({ ...part, micros: part.micros.map(microsOf) }));
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
  const found =
    by === "token" && step !== "hour" ? readTokens(storage, step, steps, top) : readKeys(sql, { ...query, top }, range);
  const totals = sql.exec<Row>(
    `SELECT step, NULL AS key, NULL AS provider, ${SUM_BRIEF} FROM (${SOURCES[step]}) GROUP BY step`,
    ...range,
  );
  return { steps: steps.starts, parts: partsOf(steps, found, totals.toArray()), asOf };
}
