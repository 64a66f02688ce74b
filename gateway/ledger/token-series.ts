import { SELECT_BRIEF, SUM_BRIEF } from "./brief.ts";
import { monthsFolded } from "./months.ts";
import { type Found, type Key, type Row } from "./parts.ts";
import { newerDays } from "./ranking.ts";
import { rankTokens } from "./rankings.ts";
import type { Steps } from "./steps.ts";

// Usage over time by token: which tokens used the most is found first, and then only their rows are looked up.

/** Of the steps `?1`, the tokens `?2`, and the days `?3` that aren't in months yet, all JSON. CROSS: in this order. */
const SOURCES = {
  day: `SELECT day AS step, token_id, ${SELECT_BRIEF} FROM json_each(?1) AS steps
    CROSS JOIN json_each(?2) AS keys CROSS JOIN usage ON day = steps.value AND token_id = keys.value`,
  month: `SELECT month AS step, token_id, requests, errors, 0 AS refused, tokens, nanos, 0 AS unpriced
    FROM json_each(?1) AS steps CROSS JOIN json_each(?2) AS keys
    CROSS JOIN token_months ON month = steps.value AND token_id = keys.value
    UNION ALL SELECT substr(day, 1, 7) AS step, token_id, ${SELECT_BRIEF} FROM json_each(?3) AS newer
    CROSS JOIN json_each(?2) AS keys CROSS JOIN usage ON day = newer.value AND token_id = keys.value`,
} as const;

const keysOf = (ids: readonly string[]): Key[] => ids.map((id) => [id, null]);

/**
 * By day or month.
 *
 * @param asked `soon`: as `rankTokens` takes it
 * @returns null: who used the most isn't added up yet
 */
export function readTokens(
  storage: DurableObjectStorage,
  step: "day" | "month",
  steps: Steps,
  { top, soon }: { top: number; soon: boolean },
): Found | null {
  const [first, behind] = [String(steps.labels[0]), String(steps.before)];
  const range = step === "day" ? { from: first, before: behind } : { from: `${first}-01`, before: `${behind}-01` };
  const ids = rankTokens(storage, range, top, soon);
  if (ids === null) return null;
  const rows = storage.sql.exec<Row>(
    `SELECT step, token_id AS key, NULL AS provider, ${SUM_BRIEF} FROM (${SOURCES[step]}) GROUP BY step, token_id`,
    JSON.stringify(steps.labels),
    JSON.stringify(ids),
    ...(step === "month" ? [JSON.stringify(newerDays(storage.sql, range, monthsFolded(storage)))] : []),
  );
  return { keys: keysOf(ids), rows: rows.toArray() };
}

const HOURS = "FROM hours WHERE hour >= ?1 AND hour < ?2";

/** By hour. */
export function readTokenHours(
  sql: SqlStorage,
  range: readonly [string | number, string | number],
  top: number,
): Found {
  const ranked = sql.exec<{ id: string }>(
    `SELECT token_id AS id ${HOURS} GROUP BY token_id HAVING sum(requests) <> 0 OR sum(nanos) <> 0
     ORDER BY sum(nanos) DESC, sum(requests) DESC, token_id LIMIT ?3`,
    ...range,
    top,
  );
  const ids = ranked.toArray().map(({ id }) => id);
  const rows = sql.exec<Row>(
    `SELECT hour AS step, token_id AS key, NULL AS provider, ${SUM_BRIEF} ${HOURS}
       AND token_id IN (SELECT value FROM json_each(?3)) GROUP BY hour, token_id`,
    ...range,
    JSON.stringify(ids),
  );
  return { keys: keysOf(ids), rows: rows.toArray() };
}
