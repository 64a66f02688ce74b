import type { AuditEntry } from "../../registry/reports.ts";
import { ACTION_NAMES } from "../audit-words.ts";
import { AuditChangeList } from "./audit-changes.tsx";
import { Client } from "./client.tsx";
import { type Column, Table } from "./table.tsx";
import { Time } from "./time.tsx";

/** How many changes the page of a token shows. */
export const SHOWN_CHANGES = 10;

const COLUMNS: readonly Column<AuditEntry>[] = [
  { title: "When", cell: ({ at }) => <Time ms={at} /> },
  { title: "What", cell: ({ action }) => ACTION_NAMES[action] },
  { title: "Changes", cell: ({ changes }) => <AuditChangeList changes={changes} /> },
  { title: "From", cell: ({ address, userAgent }) => <Client address={address} userAgent={userAgent} /> },
];

/** What was done to a token last. */
export function TokenHistory({ id, entries }: { id: string; entries: readonly AuditEntry[] }) {
  return (
    <section class="listed">
      <h2>What was done to it</h2>
      <Table caption="Changes, newest first" columns={COLUMNS} rows={entries} />
      <p class="lone after">
        <a href={`/audit?token=${id}`}>All in the audit log</a>
      </p>
    </section>
  );
}
