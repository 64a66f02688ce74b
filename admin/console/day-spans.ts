import { timeZoneProblem } from "../../shared/hours.ts";
import type { SpanField } from "../api/list-spans.ts";
import type { FieldError } from "../api/problem.ts";
import { fromZone } from "./zone-times.ts";

// Spans of time as the console has them: from a first day to a last one, both in it, each as `2027-01-31`.

const SPANS = [
  ["createdFrom", "createdTo"],
  ["expiresFrom", "expiresTo"],
] as const satisfies readonly (readonly [SpanField, SpanField])[];

/** The fields of the spans, which have the names that the API has. */
export const SPAN_FIELDS = SPANS.flat();

/** The days of the spans; undefined: open on that side. */
export type Days = Record<SpanField, string | undefined>;

/** Tells whether a day is set. */
export const anyDay = (days: Days): boolean => SPAN_FIELDS.some((field) => days[field] !== undefined);

// Beyond these no token was made, and none ends.
const [FIRST_YEAR, LAST_YEAR] = [1970, 9998];

/** Midnight of a day as if it were UTC, ms since 1970; null: there is no such day. */
function midnightOf(day: string): number | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return null;
  const midnight = Date.parse(`${day}T00:00:00Z`);
  // Date.parse takes the 31st of February for the 3rd of March.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) return null;
  const year = new Date(midnight).getUTCFullYear();
  return year < FIRST_YEAR || year > LAST_YEAR ? null : midnight;
}

const DAY = 24 * 60 * 60 * 1000;
const NO_DAY = "There is no such day. Write it like 2027-01-31.";
const NO_ZONE = "The time zone of these days isn't known here. Filter again to have them in UTC.";
const TURNED = "The last day is before the first. Choose a later one, or clear one of the two.";

/** The midnights with which the days that are set begin, as if they were UTC; null: there is no such day. */
function midnightsOf(days: Days): Map<SpanField, number | null> {
  const set = SPAN_FIELDS.flatMap((field): [SpanField, number | null][] => {
    const day = days[field];
    return day === undefined ? [] : [[field, midnightOf(day.trim())]];
  });
  return new Map(set);
}

function problemsOf(midnights: ReadonlyMap<SpanField, number | null>, zone: string): FieldError[] {
  const fields = [...midnights.keys()];
  if (zone !== "" && timeZoneProblem(zone) !== null) {
    return fields.slice(0, 1).map((field) => ({ field, message: NO_ZONE }));
  }
  const wrong = fields.filter((field) => midnights.get(field) === null);
  const turned = SPANS.flatMap(([from, to]) => {
    const [begin, end] = [midnights.get(from) ?? null, midnights.get(to) ?? null];
    return begin !== null && end !== null && end < begin ? [to] : [];
  });
  return [
    ...wrong.map((field) => ({ field, message: NO_DAY })),
    ...turned.map((field) => ({ field, message: TURNED })),
  ];
}

/**
 * The API's times from days: from the midnight with which the first one begins to that with which the last one ends.
 *
 * @param zone IANA name of the zone of the days; empty: UTC
 * @param errors gets what is wrong: a filter that was skipped would show more than was asked for
 * @returns RFC 3339 by field; open sides are left out
 */
export function timesFrom(days: Days, zone: string, errors: FieldError[]): Partial<Record<SpanField, string>> {
  const midnights = midnightsOf(days);
  const problems = problemsOf(midnights, zone);
  errors.push(...problems);
  if (problems.length > 0) return {};
  const times = [...midnights].map(([field, midnight]) => {
    const isLast = SPANS.some(([, to]) => to === field);
    const edge = (midnight ?? 0) + (isLast ? DAY : 0);
    return [field, new Date(zone === "" ? edge : fromZone(zone, edge)).toISOString()];
  });
  return Object.fromEntries(times);
}
