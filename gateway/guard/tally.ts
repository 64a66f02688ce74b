import type { RequestEntry } from "../../shared/usage.ts";
import type { Notice } from "../../shared/webhooks.ts";
import { type Books, emptyBooks } from "./books.ts";

/** A request in the log, with what the rates have to know of it after a restart. */
export interface Line {
  /** Grows with each. */
  seq: number;
  id: string;
  /** When the guard was told, ms since 1970. */
  toldAt: number;
  /** When it was granted, for the rate of requests, ms since 1970; null: it is no request of its own (a part, a refusal). */
  grantedAt: number | null;
  /** When its tokens began to count, ms since 1970. */
  heldAt: number;
  tokens: number;
  /** As JSON: most lines are written again many times before anyone reads them. */
  entry: string;
}

/** A notice that was given, so that it isn't given again. */
export interface Given {
  id: string;
  /** When its budget begins anew, ms since 1970; null: never. */
  until: number | null;
}

/**
 * What changes with nearly every request, as one row. The newest lines of the log are in it: a row for each would double
 * what a request writes, and one more would be written to delete it.
 */
export interface Tally {
  books: Books;
  firstUsedAt: number | null;
  lastUsedAt: number | null;
  /** `seq` of the next line. */
  next: number;
  /** Lines that aren't in a page yet, oldest first. */
  lines: Line[];
  given: Given[];
  /** Notices that the ledger doesn't have yet. */
  notices: Notice[];
  /** Whether the ledger doesn't have the holder's last act yet. */
  isChangedByHolder: boolean;
  /** Whether the ledger doesn't have the owner's last change of budgets yet. Undefined in what was saved before this was. */
  areBudgetsChanged?: boolean;
  /** The oldest day whose usage the ledger doesn't have yet, `YYYY-MM-DD`; null: it has all. */
  dirtySince: string | null;
  /** When what nobody needs any more was last thrown away, ms since 1970. */
  sweptAt: number;
}

const TALLY = "tally";

const newTally = (): Tally => ({
  books: emptyBooks(),
  firstUsedAt: null,
  lastUsedAt: null,
  next: 1,
  lines: [],
  given: [],
  notices: [],
  isChangedByHolder: false,
  dirtySince: null,
  sweptAt: 0,
});

/** The tally as it was last saved; a new one where there is none. */
export const loadTally = (kv: SyncKvStorage): Tally => kv.get<Tally>(TALLY) ?? newTally();

/** Writes one row. */
export const saveTally = (kv: SyncKvStorage, tally: Tally): void => kv.put(TALLY, tally);

/** A line's entry. */
export const entryOf = ({ entry }: Line): RequestEntry => JSON.parse(entry) as RequestEntry;
