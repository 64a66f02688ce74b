import { listTerms, type Terms } from "./list-terms.ts";
import { matchesOf, needleOf, type Select } from "./search.ts";
import type { ListStatus, TokenMatch } from "./types.ts";

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

/** By which index the tokens of a status are found; of all others, all rows are looked at. */
const NARROW: Partial<Record<ListStatus, string>> = {
  active: "listed_by_status",
  expired: "listed_by_status",
  disabled: "listed_by_status",
  deleted: "listed_by_status",
  expiring: "listed_by_status",
  unused: "listed_unused",
  nearly: "listed_nearly",
  holder: "listed_by_holder",
};

/** All tokens that match, from where they are found the quickest, in no order. `now`: ms since 1970. */
export function allOf(filter: TokenMatch, now: number): Source {
  const terms = listTerms(filter, now);
  if (filter.query !== "") return searchOf(filter, now);
  // What isn't published is mostly little, and a table of its own.
  if (filter.status === "unpublished") {
    return { from: "outbox CROSS JOIN listed ON listed.id = token_id", values: [], ...terms };
  }
  const index = filter.status === null ? undefined : NARROW[filter.status];
  // Without a word, SQLite may go by an index that most rows match, and look each of them up.
  const how = index === undefined ? "NOT INDEXED" : `INDEXED BY ${index}`;
  return { from: `listed ${how}`, values: [], ...terms };
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
