import { COUNT_NAMES, ERROR_KINDS, type UsageCounts } from "../../shared/usage.ts";
import type { CellValue } from "./csv.ts";
import type { requestJson } from "./request-shapes.ts";
import type { rowJson } from "./shapes.ts";

// The columns of the CSV exports: the fields of the JSON ones, inner ones by their dotted path.

/** A column: its title, and how a row's cell is made. */
export type Columns<Row> = readonly (readonly [title: string, cell: (row: Row) => CellValue])[];

const counts = <Row extends { counts: UsageCounts | null }>(): Columns<Row> =>
  COUNT_NAMES.map((name) => [`counts.${name}`, ({ counts: of }) => of?.[name] ?? null] as const);

/** A row of usage, with its token's label. */
export type UsageLine = ReturnType<typeof rowJson>;

/** Columns of usage. */
export const USAGE_COLUMNS: Columns<UsageLine> = [
  ["day", ({ day }) => day],
  ["token", ({ token }) => token],
  ["label", ({ label }) => label],
  ["provider", ({ provider }) => provider],
  ["model", ({ model }) => model],
  ["requests", ({ requests }) => requests],
  ...ERROR_KINDS.map((kind) => [`errors.${kind}`, ({ errors }: UsageLine) => errors[kind]] as const),
  ...counts<UsageLine>(),
  ["usd", ({ usd }) => usd],
  ["unpriced", ({ unpriced }) => unpriced],
  ["estimated", ({ estimated }) => estimated],
  ["ttfbMs", ({ ttfbMs }) => ttfbMs],
  ["timed", ({ timed }) => timed],
  ["durationMs", ({ durationMs }) => durationMs],
];

/** A request of a token, with both of the token's names. */
export type RequestLine = ReturnType<typeof requestJson> & { token: string; label: string };

/** Columns of requests. */
export const REQUEST_COLUMNS: Columns<RequestLine> = [
  ["token", ({ token }) => token],
  ["label", ({ label }) => label],
  ["id", ({ id }) => id],
  ["at", ({ at }) => at],
  ["provider", ({ provider }) => provider],
  ["route", ({ route }) => route],
  ["endpoint", ({ endpoint }) => endpoint],
  ["model", ({ model }) => model],
  ["status", ({ status }) => status],
  ["refusedBy", ({ refusedBy }) => refusedBy],
  ["code", ({ code }) => code],
  ["error", ({ error }) => error],
  ...counts<RequestLine>(),
  ["usd", ({ usd }) => usd],
  ["estimated", ({ estimated }) => estimated],
  ["ttfbMs", ({ ttfbMs }) => ttfbMs],
  ["durationMs", ({ durationMs }) => durationMs],
  ["raw", ({ raw }) => JSON.stringify(raw)],
];
