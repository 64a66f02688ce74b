import { listTerms, type Terms } from "./list-terms.ts";
import { matchesOf, needleOf, type Select } from "./search.ts";
import type { TokenMatch } from "./types.ts";

// From where the tokens of the list are read.

/** Where rows of `listed` come from, and which of them are meant. */
export interface Source extends Terms {
  from: string;
  /** What is bound in that. */
  values: (string | number)[];
}

/** No condition. */
export const NO_TERMS: Terms = { where: [], bindings: [] };

/** A LIMIT that is none. */
const ALL = -1;

/** Rows that a SELECT finds, as `found`. CROSS JOIN keeps this order of the two: a few rows by their numbers. */
const foundBy = ({ query, bindings }: Select, terms: Terms): Source => ({
  from: `(${query}) CROSS JOIN listed ON listed.row = found`,
  values: bindings,
  ...terms,
});

/**
 * What a search finds, with the rest of the filter.
 *
 * @param most so many that the search finds are looked at; left out: all
 */
export const searchOf = (filter: TokenMatch, now: number, most = ALL): Source =>
  foundBy(matchesOf(needleOf(filter.query), most), listTerms(filter, now));

/** All tokens that match, from where they are found the quickest, in no order. `now`: ms since 1970. */
export function allOf(filter: TokenMatch, now: number): Source {
  const terms = listTerms(filter, now);
  if (filter.query !== "") return searchOf(filter, now);
  // What isn't published is mostly little, and a table of its own.
  if (filter.status === "unpublished") {
    return { from: "outbox CROSS JOIN listed ON listed.id = token_id", values: [], ...terms };
  }
  return { from: "listed", values: [], ...terms };
}

/** The tokens that match, by walking the list in an order. */
export function alongIndex(filter: TokenMatch, now: number, index: string): Source {
  const { where, bindings } = listTerms(filter, now);
  const from = `listed INDEXED BY ${index}`;
  if (filter.query === "") return { from, values: [], where, bindings };
  return {
    from: `${from} CROSS JOIN searched ON searched.row = listed.row`,
    values: [],
    where: [...where, "instr(text, ?) > 0"],
    bindings: [...bindings, needleOf(filter.query)],
  };
}
