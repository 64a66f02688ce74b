import type { AuditEntry } from "../../registry/reports.ts";
import { ACTION_NAMES } from "../audit-words.ts";
import { AuditChangeList } from "../parts/audit-changes.tsx";
import { Client } from "../parts/client.tsx";
import { TextField } from "../parts/fields.tsx";
import { Layout } from "../parts/layout.tsx";
import { type Column, Pager, Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";

interface AuditPageProps {
  entries: readonly AuditEntry[];
  /** The token id that the log is filtered by; empty: none. */
  token: string;
  next: string | null;
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
  {
    title: "From",
    cell: ({ address, userAgent, session }) => (
      <>
        <Client address={address} userAgent={userAgent} />
        {session !== null && <span class="sub">Session {session.slice(0, 8)}</span>}
      </>
    ),
  },
];

/** The audit log. */
export function AuditPage({ entries, token, next, first }: AuditPageProps) {
  return (
    <Layout title="Audit log" section="audit">
      <h1>Audit log</h1>
      <search>
        <form class="filters" method="get" action="/audit">
          <TextField
            id="token"
            name="token"
            label="Token id"
            input={{ value: token, maxlength: 64, autocomplete: "off", class: "code" }}
          />
          <button class="button" type="submit">
            Filter
          </button>
          {token !== "" && (
            <a class="button quiet" href="/audit">
              Show all
            </a>
          )}
        </form>
      </search>
      {entries.length === 0 ? (
        <p class="empty">There is nothing in the log{token !== "" && " about a token of this id"}.</p>
      ) : (
        <Table caption="What was done, newest first" columns={COLUMNS} rows={entries} />
      )}
      <Pager path="/audit" filter={{ token }} next={next} first={first} />
    </Layout>
  );
}
