import type { FieldError } from "../../api/problem.ts";
import { AUDIT_ACTIONS, type AuditEntry } from "../../registry/reports.ts";
import { MOST_LINES } from "../../registry/audit-trim.ts";
import { number } from "../amounts.ts";
import { ACTION_NAMES } from "../audit-words.ts";
import { AuditChangeList } from "../parts/audit-changes.tsx";
import { AuditWho } from "../parts/audit-who.tsx";
import { errorOf, SelectField, TextField } from "../parts/fields.tsx";
import { Layout } from "../parts/layout.tsx";
import { ErrorSummary } from "../parts/message.tsx";
import { address, type Column, Pager, Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";

/** The filters as they stand in the form; empty: none. */
export const AUDIT_FILTERS = ["text", "action", "token", "session", "from", "to"] as const;
/** The filters as they stand in the form; empty: none. */
export type AuditFilters = Record<(typeof AUDIT_FILTERS)[number], string>;

interface AuditPageProps {
  entries: readonly AuditEntry[];
  filters: AuditFilters;
  errors: readonly FieldError[];
  next: string | null;
  /** To when a search looked back that isn't at its end and found less than a page, ms since 1970; else null. */
  lookedBackTo: number | null;
  first: boolean;
}

const COLUMNS: readonly Column<AuditEntry>[] = [
  { title: "When", cell: ({ at }) => <Time ms={at} /> },
  { title: "What", cell: ({ action }) => ACTION_NAMES[action] },
  {
    title: "Token",
    cell: ({ tokenId, label }) => (tokenId === null ? "–" : <a href={`/tokens/${tokenId}`}>{label ?? tokenId}</a>),
  },
  { title: "Changes", cell: ({ changes }) => <AuditChangeList changes={changes} /> },
  { title: "Who", cell: (entry) => <AuditWho {...entry} /> },
];

const CHOICES = [
  ["", "Everything"],
  ...AUDIT_ACTIONS.map((action) => [action, ACTION_NAMES[action]] as const),
] as const;

function Filters({ filters, errors }: Pick<AuditPageProps, "filters" | "errors">) {
  const field = (name: keyof AuditFilters, label: string, input: Record<string, string | number>) => (
    <TextField
      id={name}
      name={name}
      label={label}
      error={errorOf(errors, name)}
      input={{ value: filters[name], autocomplete: "off", ...input }}
    />
  );
  return (
    <search>
      <form class="filters wide" method="get" action="/audit">
        {field("text", "Search", { type: "search", maxlength: 200, placeholder: "Label, address or value" })}
        <SelectField
          id="action"
          name="action"
          label="What"
          error={errorOf(errors, "action")}
          value={filters.action}
          choices={CHOICES}
        />
        {field("from", "From day (UTC)", { type: "date" })}
        {field("to", "To day (UTC)", { type: "date" })}
        {field("token", "Token id", { maxlength: 64, class: "code" })}
        {field("session", "Session", { maxlength: 36, class: "code" })}
        <button class="button" type="submit">
          Search
        </button>
        {AUDIT_FILTERS.some((name) => filters[name] !== "") && (
          <a class="button quiet" href="/audit">
            Show all
          </a>
        )}
      </form>
    </search>
  );
}

function Found({ entries, filters, lookedBackTo }: Pick<AuditPageProps, "entries" | "filters" | "lookedBackTo">) {
  const isFiltered = AUDIT_FILTERS.some((name) => filters[name] !== "");
  return (
    <>
      {entries.length > 0 && <Table caption="What was done, newest first" columns={COLUMNS} rows={entries} />}
      {lookedBackTo !== null && (
        <p class="after">
          This search looked back to <Time ms={lookedBackTo} />. Older lines come with the next page.
        </p>
      )}
      {entries.length === 0 && lookedBackTo === null && (
        <p class="empty">{isFiltered ? "Nothing in the log matches." : "There is nothing in the log."}</p>
      )}
    </>
  );
}

/** The audit log. */
export function AuditPage({ entries, filters, errors, next, lookedBackTo, first }: AuditPageProps) {
  return (
    <Layout title={errors.length > 0 ? "Error: audit log" : "Audit log"} section="audit">
      <h1>Audit log</h1>
      <ErrorSummary title="Nothing was searched yet" errors={errors} idOf={(field) => field} />
      <p>
        What was done, by whom, from where, and what it was before. The newest {number(MOST_LINES)} lines are kept; what
        is thrown away beyond them stands here too.
      </p>
      <Filters filters={filters} errors={errors} />
      {errors.length === 0 && (
        <>
          <Found entries={entries} filters={filters} lookedBackTo={lookedBackTo} />
          <Pager path="/audit" filter={filters} next={next} first={first} />
          <p class="after">
            Download what matches, as{" "}
            <a href={address("/api/audit/export", { ...filters, format: "csv" })} download="">
              CSV
            </a>{" "}
            or{" "}
            <a href={address("/api/audit/export", { ...filters, format: "ndjson" })} download="">
              JSON lines
            </a>
            .
          </p>
        </>
      )}
    </Layout>
  );
}
