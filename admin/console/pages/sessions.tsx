import type { OpenedBy, SessionView } from "../../registry/reports.ts";
import { Client } from "../parts/client.tsx";
import { Layout } from "../parts/layout.tsx";
import { Notice } from "../parts/message.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { lengthInWords } from "../sign-in-words.ts";

interface SessionsPageProps {
  sessions: readonly SessionView[];
  /** The asking session's id. */
  current: string;
  /** How long a session lasts without a request, in ms. */
  idleMs: number;
  /** Whether Cloudflare Access opens new ones. */
  byAccess: boolean;
  notice: string | null;
}

const OPENED_BY: Record<OpenedBy, string> = {
  password: "Password",
  "password-and-code": "Password and code",
  passkey: "Passkey",
  access: "Cloudflare Access",
};

const columns = (current: string, idleMs: number): readonly Column<SessionView>[] => [
  {
    title: "Session",
    cell: ({ jti, identity }) => (
      <>
        <code>{jti.slice(0, 8)}</code> {jti === current && <span class="badge active">This one</span>}
        {identity !== null && <span class="sub">{identity.name}</span>}
      </>
    ),
  },
  {
    title: "Signed in",
    cell: ({ createdAt, openedBy }) => (
      <>
        <Time ms={createdAt} />
        <span class="sub">{OPENED_BY[openedBy]}</span>
      </>
    ),
  },
  {
    title: "Ends",
    cell: ({ lastSeenAt, expiresAt }) => (
      <>
        <Time ms={expiresAt} />
        {lastSeenAt + idleMs < expiresAt && (
          <span class="sub">
            Idle: <Time ms={lastSeenAt + idleMs} />
          </span>
        )}
      </>
    ),
  },
  {
    title: "From",
    cell: ({ address, userAgent, lastSeenAt }) => (
      <>
        <Client address={address} userAgent={userAgent} />
        <span class="sub">
          Last: <Time ms={lastSeenAt} />
        </span>
      </>
    ),
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
export function SessionsPage({ sessions, current, idleMs, byAccess, notice }: SessionsPageProps) {
  return (
    <Layout title="Sessions" section="sessions">
      <h1>Sessions</h1>
      <Notice text={notice} />
      <p>
        Browsers and programs that are signed in now. An ended session is refused at once. One that asks for nothing
        ends after {lengthInWords(idleMs)}, and each after 12 hours.
      </p>
      {byAccess && (
        <p>
          Cloudflare Access opens a new session for whom it lets through. To keep somebody out, take their right away
          there, then end their session here.
        </p>
      )}
      <Table caption="Live sessions, newest first" columns={columns(current, idleMs)} rows={sessions} />
      <div class="after actions">
        {sessions.length > 1 && (
          <form method="post" action="/sessions/end-others">
            <button class="button" type="submit">
              End all other sessions
            </button>
          </form>
        )}
        <form method="post" action="/sessions/end-all">
          <button class="button danger" type="submit">
            End all sessions, this one too
          </button>
        </form>
      </div>
    </Layout>
  );
}
