import type { RequestEntry } from "../../../shared/usage.ts";
import { Layout } from "../parts/layout.tsx";
import { Warning } from "../parts/message.tsx";
import { RequestList } from "../parts/request-list.tsx";
import { Pager } from "../parts/table.tsx";

interface TokenRequestsPageProps {
  token: { id: string; label: string };
  /** Null where the gateway doesn't answer. */
  entries: readonly RequestEntry[] | null;
  next: string | null;
  first: boolean;
}

function Entries({ entries }: { entries: readonly RequestEntry[] }) {
  if (entries.length > 0) return <RequestList entries={entries} />;
  return <p class="empty">There are no requests here.</p>;
}

/** A token's last requests, page by page. */
export function TokenRequestsPage({ token: { id, label }, entries, next, first }: TokenRequestsPageProps) {
  const exportOf = (format: string): string => `/api/tokens/${id}/requests/export?format=${format}`;
  return (
    <Layout title={`Requests of ${label}`} section="tokens">
      <p class="back">
        <a href={`/tokens/${id}`}>{label}</a>
      </p>
      <h1>Requests of {label}</h1>
      {entries === null ? (
        <Warning>
          <h2>The gateway doesn't answer</h2>
          <p>It keeps the requests, so there are none to be shown now. Nothing is lost.</p>
        </Warning>
      ) : (
        <>
          <p>
            The last 1,000 are kept, without what was said in them. All that are kept:{" "}
            <a href={exportOf("csv")} download>
              CSV
            </a>{" "}
            or{" "}
            <a href={exportOf("ndjson")} download>
              NDJSON
            </a>
          </p>
          <Entries entries={entries} />
        </>
      )}
      <Pager path={`/tokens/${id}/requests`} filter={{}} next={next} first={first} />
    </Layout>
  );
}
