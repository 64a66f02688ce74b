import { DAY_MS, dayOf, HOUR_MS, startOfDay } from "../calendar.ts";
import { ADD_BRIEF, type Brief, BRIEF_COLUMNS, BRIEF_NAMES, BRIEF_TABLE, briefValues, SUM_BRIEF } from "./brief.ts";
import { spare } from "./sparing.ts";
import { sweepUsed } from "./used-hours.ts";

/** How long hours of single tokens are kept, in ms. */
const KEPT_MS = 72 * HOUR_MS;
/** How long hours of all tokens together are kept, in ms: a month and the one before. */
const PAST_MS = 70 * DAY_MS;
/** Rows that are thrown away at once. */
const SWEPT_ROWS = 10_000;
/** How long before a report its requests came, in ms: guards report 10 s after the first one. */
const REPORTED_AFTER_MS = 10_000;

const VALUES = BRIEF_NAMES.map(() => "?").join(", ");
const ADD_TO_HOUR = `INSERT INTO hours (hour, token_id, provider, model, ${BRIEF_COLUMNS}) VALUES (?, ?, ?, ?, ${VALUES})
  ON CONFLICT DO UPDATE SET ${ADD_BRIEF}`;
const ADD_TO_PAST = `INSERT INTO past_hours (hour, ${BRIEF_COLUMNS}) VALUES (?, ${VALUES})
  ON CONFLICT DO UPDATE SET ${ADD_BRIEF}`;

/** The last hour that `hours_folded` has; it has all before it too. */
const FOLDED = "(SELECT coalesce(max(hour), 0) FROM hours_folded)";
const KEY = "hour, provider, model";
const FOLD = `INSERT INTO hours_folded (${KEY}, ${BRIEF_COLUMNS}) SELECT ${KEY}, ${SUM_BRIEF} FROM hours
  WHERE hour > ${FOLDED} AND hour < ? GROUP BY ${KEY}`;
const ADD_TO_FOLDED = `INSERT INTO hours_folded (${KEY}, ${BRIEF_COLUMNS}) SELECT ?1, ?, ?, ${VALUES} WHERE ?1 <= ${FOLDED}
  ON CONFLICT DO UPDATE SET ${ADD_BRIEF}`;

/** `hours_folded`, for its CREATE TABLE. */
export const FOLDED_TABLE = `hour INTEGER NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL, ${BRIEF_TABLE}, PRIMARY KEY (${KEY})`;

/** All hours, for a FROM: those that are folded, and of the others the rows of each token. */
export const ALL_HOURS = `(SELECT ${KEY}, ${BRIEF_COLUMNS} FROM hours_folded
  UNION ALL SELECT ${KEY}, ${BRIEF_COLUMNS} FROM hours WHERE hour > ${FOLDED})`;

/**
 * Adds up hours that are over, so that a look at them costs the same however many tokens they are of. What is reported
 * of them later is added as it comes. By whoever looks, and not with each report: that would write a row more each time.
 *
 * @param now ms since 1970
 */
export function foldHours(sql: SqlStorage, now: number): void {
  spare("hours_unfolded", () => sql.exec(FOLD, startOfHour(now)));
}

const SINCE = "hours";

/**
 * Notes that hours are complete from the next day on: before it, some of a day were reported while hours weren't kept.
 *
 * @param now ms since 1970
 */
export function noteHoursBegin({ kv }: DurableObjectStorage, now: number): void {
  kv.put(SINCE, startOfDay(dayOf(now)) + DAY_MS);
}

/** Since when hours of all tokens together are known, ms since 1970; it is the begin of a day. `now`: ms since 1970. */
export const hoursSince = ({ kv }: DurableObjectStorage, now: number): number =>
  Math.max(kv.get<number>(SINCE) ?? 0, startOfDay(dayOf(now - PAST_MS)) + DAY_MS);

/** When the hour of a moment began, ms since 1970. */
export const startOfHour = (at: number): number => Math.floor(at / HOUR_MS) * HOUR_MS;

/** The first hour of single tokens that is known. `now`: ms since 1970. */
export const oldestHour = (now: number): number => startOfHour(now - KEPT_MS) + HOUR_MS;

/**
 * The hour that a change counts in, which reports don't say: that of the requests, which came about 10 s before, and always
 * one of their day. What a guard tells late, because the ledger or it itself was away, counts in the hour of the report;
 * of an earlier day, in the last hour of that.
 *
 * @param day of the change, `YYYY-MM-DD`
 * @param now when it is reported, ms since 1970
 * @returns when it began, ms since 1970
 */
export function hourOfChange(day: string, now: number): number {
  const first = startOfDay(day);
  return Math.min(Math.max(startOfHour(now - REPORTED_AFTER_MS), first), first + DAY_MS - HOUR_MS);
}

/** What a change is of. */
export interface HourKey {
  hour: number;
  tokenId: string;
  provider: string;
  /** As it is counted. */
  model: string;
}

/** Adds a change to its hour, and, where that is of a folded day, to what is kept of those too. */
export function addToHour(sql: SqlStorage, key: HourKey, added: Brief, isFolded: boolean): void {
  const { hour, tokenId, provider, model } = key;
  sql.exec(ADD_TO_HOUR, hour, tokenId, provider, model, ...briefValues(added));
  sql.exec(ADD_TO_FOLDED, hour, provider, model, ...briefValues(added));
  if (isFolded) sql.exec(ADD_TO_PAST, hour, ...briefValues(added));
}

/**
 * Throws away hours that are too old, some of them at a time. Run it when days have been folded.
 *
 * @param now ms since 1970
 * @returns whether there is more
 */
export function sweepHours(sql: SqlStorage, now: number): boolean {
  sql.exec("DELETE FROM past_hours WHERE hour < ?", now - PAST_MS);
  sql.exec("DELETE FROM hours_folded WHERE hour < ?", oldestHour(now));
  sweepUsed(sql, now);
  const { rowsWritten } = sql.exec(
    `DELETE FROM hours WHERE (hour, provider, model, token_id) IN
       (SELECT hour, provider, model, token_id FROM hours WHERE hour < ? LIMIT ?)`,
    oldestHour(now),
    SWEPT_ROWS,
  );
  return rowsWritten >= SWEPT_ROWS;
}
