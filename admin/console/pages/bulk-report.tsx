import type { BulkReport } from "../../registry/bulk-types.ts";
import { number } from "../amounts.ts";
import { bulkTitle } from "../list-words.ts";
import { Ago } from "../parts/ago.tsx";
import { Progress } from "../parts/chart.tsx";
import { Layout } from "../parts/layout.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Ending, Time } from "../parts/time.tsx";

const COUNTS = [
  ["done", "Done"],
  ["skipped", "Nothing to do"],
  ["failed", "Failed"],
  ["stopped", "Left alone"],
] as const;

function Details({ report: { action, policyName } }: { report: BulkReport }) {
  if (action.kind === "extendBy") return <p>By {number(action.days)} days, each from where it ended.</p>;
  if (action.kind === "extendTo") {
    return <p>{action.at === null ? "For ever." : ["Until ", <Ending ms={action.at} />, "."]}</p>;
  }
  return action.kind === "policy" ? <p>They follow {policyName ?? "no policy, and keep the rules they had"}.</p> : null;
}

function Reasons({ reasons }: { reasons: BulkReport["reasons"] }) {
  const rows = Object.entries(reasons);
  if (rows.length === 0) return null;
  return (
    <>
      <h2>Why some weren't done</h2>
      <ul>
        {rows.map(([reason, count]) => (
          <li>
            {number(count)}: {reason}
          </li>
        ))}
      </ul>
    </>
  );
}

function Standing({ report }: { report: BulkReport }) {
  const { id, total, done, skipped, failed, startedAt, endedAt } = report;
  return (
    <section class="panel" data-bulk={endedAt === null ? id : undefined}>
      <output>
        {endedAt === null ? (
          <>
            On its way: <span data-count="over">{number(done + skipped + failed)}</span> of {number(total)}.
          </>
        ) : (
          <>
            Over since <Time ms={endedAt} />.
          </>
        )}
      </output>
      <Progress whole={total} over={done + skipped + failed} />
      <dl class="facts">
        {COUNTS.map(([name, title]) => (
          <div>
            <dt>{title}</dt>
            <dd data-count={name}>{number(report[name])}</dd>
          </div>
        ))}
      </dl>
      <Details report={report} />
      <p class="hint">
        Begun <Time ms={startedAt} />. Each token's line in the audit log names this action as <code>{id}</code>.
      </p>
      {endedAt === null && (
        <form class="actions" method="post" action={`/tokens/bulk/${id}/stop`}>
          <a class="button" href={`/tokens/bulk/${id}`}>
            Look again
          </a>
          <button class="button danger" type="submit">
            Stop here
          </button>
        </form>
      )}
    </section>
  );
}

/** How far an action on many tokens is. */
export function BulkReportPage({ report }: { report: BulkReport }) {
  return (
    <Layout title={bulkTitle(report)} section="tokens">
      <p class="back">
        <a href="/tokens">Tokens</a>
      </p>
      <h1>{bulkTitle(report)}</h1>
      <Standing report={report} />
      <Reasons reasons={report.reasons} />
      <p>
        <a href="/tokens?status=unpublished">Tokens whose newest change isn't published yet</a>
      </p>
    </Layout>
  );
}

const columns = (now: number): readonly Column<BulkReport>[] => [
  {
    title: "Action",
    cell: (report) => (
      <a class="label" href={`/tokens/bulk/${report.id}`}>
        {bulkTitle(report)}
      </a>
    ),
  },
  { title: "Begun", cell: ({ startedAt }) => <Ago ms={startedAt} now={now} /> },
  { title: "Over", cell: ({ endedAt }) => (endedAt === null ? "On its way" : <Ago ms={endedAt} now={now} />) },
  ...COUNTS.map(([name, title]): Column<BulkReport> => ({
    title,
    cell: (report) => number(report[name]),
    numeric: true,
  })),
];

/** The last actions on many tokens. `now`: ms since 1970. */
export function BulksPage({ reports, now }: { reports: readonly BulkReport[]; now: number }) {
  return (
    <Layout title="Actions on many tokens" section="tokens">
      <p class="back">
        <a href="/tokens">Tokens</a>
      </p>
      <h1>Actions on many tokens</h1>
      {reports.length === 0 ? (
        <p class="empty">There were none yet. Select tokens in the list to begin one.</p>
      ) : (
        <Table caption="Actions on many tokens, newest first" columns={columns(now)} rows={reports} />
      )}
    </Layout>
  );
}
