import type { SessionView } from "../../registry/reports.ts";
import { Client } from "../parts/client.tsx";
import { Layout } from "../parts/layout.tsx";
import { Notice } from "../parts/message.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";

interface SessionsPageProps {
  sessions: readonly SessionView[];
  /** The asking session's id. */
  current: string;
  notice: string | null;
}

const columns = (current: string): readonly Column<SessionView>[] => [
  {
    title: "Session",
    cell: ({ jti }) => (
      <>
        <code>{jti.slice(0, 8)}</code> {jti === current && <span class="badge active">This one</span>}
      </>
    ),
  },
  { title: "Signed in", cell: ({ createdAt }) => <Time ms={createdAt} /> },
  { title: "Ends", cell: ({ expiresAt }) => <Time ms={expiresAt} /> },
  {
    title: "From",
    cell: ({ address, userAgent }) => <Client address={address} userAgent={userAgent} />,
  },
  {
    title: "End it",
    cell: ({ jti }) => (
      <form method="post" action={`/sessions/${jti}/end`}>
        <button class="button" type="submit">
          End <span class="unseen">session {jti.slice(0, 8)}</span>
        </button>
      </form>
    ),
  },
];

/** The live sessions. */
export function SessionsPage({ sessions, current, notice }: SessionsPageProps) {
  return (
    <Layout title="Sessions" section="sessions">
      <h1>Sessions</h1>
      <Notice text={notice} />
      <p>Browsers and programs that are signed in now. An ended session is refused at once.</p>
      <Table caption="Live sessions, newest first" columns={columns(current)} rows={sessions} />
      <form class="after" method="post" action="/sessions/end-all">
        <button class="button danger" type="submit">
          End all sessions, this one too
        </button>
      </form>
    </Layout>
  );
}
