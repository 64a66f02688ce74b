import type { Provider } from "../../shared/providers.ts";
import { COUNT_NAMES, type CountName, ERROR_KINDS, type UsageRow } from "../../shared/usage.ts";
import { microsOf, nanosOf } from "../usage/money.ts";
import { emptyRow } from "../usage/row.ts";

const OTHERS = ["requests", "unpriced", "estimated", "ttfbMs", "timed", "durationMs"] as const;

/** Audio is told in seconds and may be billed by parts of one; it is kept in whole ms. All other counts are whole. */
const PARTS: Partial<Record<CountName, number>> = { audioSeconds: 1_000 };

/** A column that is added up, how a row of usage has it, and how it gets it back. */
interface SumColumn {
  name: string;
  read: (row: UsageRow) => number;
  write: (row: UsageRow, value: number) => void;
}

const COLUMNS: readonly SumColumn[] = [
  ...OTHERS.map((name): SumColumn => ({
    name,
    read: (row) => Math.round(row[name]),
    write: (row, value) => {
      row[name] = value;
    },
  })),
  {
    name: "nanos",
    read: ({ micros }) => nanosOf(micros),
    write: (row, value) => {
      row.micros = microsOf(value);
    },
  },
  ...ERROR_KINDS.map((kind): SumColumn => ({
    name: `error_${kind}`,
    read: ({ errors }) => errors[kind],
    write: ({ errors }, value) => {
      errors[kind] = value;
    },
  })),
  ...COUNT_NAMES.map((name): SumColumn => ({
    name: `count_${name}`,
    read: ({ counts }) => Math.round(counts[name] * (PARTS[name] ?? 1)),
    write: ({ counts }, value) => {
      counts[name] = value / (PARTS[name] ?? 1);
    },
  })),
];

/** The columns that are added up, in the order of `sumsOf`. */
export const SUM_COLUMNS: readonly string[] = COLUMNS.map(({ name }) => name);

const listed = (each: (name: string) => string): string => SUM_COLUMNS.map(each).join(", ");

/** Their names. */
export const SUM_NAMES = listed((name) => name);
/** A value for each, for an INSERT: parameters, or zeros. */
export const SUM_MARKS = listed(() => "?");
export const SUM_ZEROS = listed(() => "0");
/** What an upsert does that adds to all of them. */
export const ADD_SUMS = listed((name) => `${name} = ${name} + excluded.${name}`);
/** What an upsert does that takes all of them anew. */
export const SET_SUMS = listed((name) => `${name} = excluded.${name}`);
/** Their columns, for a CREATE TABLE. */
export const SUM_TABLE = listed((name) => `${name} INTEGER NOT NULL`);
/** All of them added up, for a SELECT with a GROUP BY. */
export const SELECT_SUMS = listed((name) => `sum(${name}) AS ${name}`);

/** A row's sums, in the order of `SUM_COLUMNS`. */
export const sumsOf = (row: UsageRow): number[] => COLUMNS.map((column) => column.read(row));

/** What a SELECT gives of a row; columns that name it are missing where it is of many. */
export type SqlRow = Record<string, SqlStorageValue>;

const text = (value: SqlStorageValue | undefined): string => (typeof value === "string" ? value : "");

/** A row of usage out of a row of a table. */
export function usageRowOf(found: SqlRow): UsageRow {
  // The cast: only providers are ever written.
  const provider = (text(found["provider"]) || "openai") as Provider;
  const row = emptyRow(text(found["token_id"]), { day: text(found["day"]), provider, model: text(found["model"]) });
  for (const column of COLUMNS) column.write(row, Number(found[column.name] ?? 0));
  return row;
}
