import { ERROR_KINDS } from "../../shared/usage.ts";
import { SUM_COLUMNS } from "./columns.ts";

/** The few sums that are told over time. Money is in nano-dollars. */
export const BRIEF_NAMES = ["requests", "errors", "refused", "tokens", "nanos", "unpriced"] as const;
/** One of them. `refused`: by Doppelgate itself, for a limit or the policy; a token that had no others wasn't used. */
export type BriefName = (typeof BRIEF_NAMES)[number];
/** All of them. */
export type Brief = Record<BriefName, number>;

/** The columns of `columns.ts` that each is made of. */
const PARTS: Record<BriefName, readonly string[]> = {
  requests: ["requests"],
  errors: ERROR_KINDS.map((kind) => `error_${kind}`),
  refused: ["error_limit", "error_policy"],
  tokens: ["count_input", "count_output"],
  nanos: ["nanos"],
  unpriced: ["unpriced"],
};

const listed = (each: (name: BriefName) => string): string => BRIEF_NAMES.map(each).join(", ");

/** Their names, for a table that has them as they are. */
export const BRIEF_COLUMNS = listed((name) => name);
/** Their columns, for a CREATE TABLE. */
export const BRIEF_TABLE = listed((name) => `${name} INTEGER NOT NULL`);
/** Them added up, for a SELECT with a GROUP BY from a table that has them as they are. */
export const SUM_BRIEF = listed((name) => `sum(${name}) AS ${name}`);
/** Them out of a table that has all columns. */
export const SELECT_BRIEF = listed((name) => `${PARTS[name].join(" + ")} AS ${name}`);
/** What an upsert does with them. */
export const ADD_BRIEF = listed((name) => `${name} = ${name} + excluded.${name}`);

/** Sums of nothing. A new object each time, to add to. */
export const noBrief = (): Brief => ({ requests: 0, errors: 0, refused: 0, tokens: 0, nanos: 0, unpriced: 0 });

const PLACES = Object.fromEntries(
  BRIEF_NAMES.map((name) => [name, PARTS[name].map((column) => SUM_COLUMNS.indexOf(column))]),
) as Record<BriefName, number[]>;

/** Of a row's sums, in the order of `SUM_COLUMNS`. */
export function briefOf(sums: readonly number[]): Brief {
  const brief = noBrief();
  for (const name of BRIEF_NAMES) for (const place of PLACES[name]) brief[name] += sums[place] ?? 0;
  return brief;
}

/** Their values, in the order of `BRIEF_NAMES`. */
export const briefValues = (brief: Brief): number[] => BRIEF_NAMES.map((name) => brief[name]);

/** Adds sums to others. */
export function addBrief(to: Brief, from: Brief): void {
  for (const name of BRIEF_NAMES) to[name] += from[name];
}
