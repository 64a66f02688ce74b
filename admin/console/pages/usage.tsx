import type { UsageGroup, UsageGroupRow, UsageReport } from "../../../shared/usage.ts";
import type { FieldError } from "../../api/problem.ts";
import type { DayRange } from "../../usage/days.ts";
import type { Labels } from "../../usage/labels.ts";
import { GROUPS } from "../../usage/schemas.ts";
import { RankChart } from "../parts/chart.tsx";
import { Layout } from "../parts/layout.tsx";
import { ErrorSummary, Warning } from "../parts/message.tsx";
import { address } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { measureOf, UsageByDay } from "../parts/usage-bars.tsx";
import { RangeChoice, Unpriced, UsageTotals } from "../parts/usage-parts.tsx";
import { nameOf, UsageTable } from "../parts/usage-table.tsx";
import { GROUP_NAMES } from "../usage-words.ts";

/** What the page is asked for. */
export interface UsageAsking {
  range: DayRange;
  /** How many days up to today, where the address says so; null: it names days. */
  days: number | null;
  group: UsageGroup;
  /** A token id and its label; null: all tokens. */
  token: { id: string; label: string } | null;
}

/** What the gateway told. */
export interface UsageTold {
  report: UsageReport;
  labels: Labels;
  /** Models, some of whose requests have no price. */
  unpriced: readonly UsageGroupRow[];
}

interface UsagePageProps {
  asking: UsageAsking;
  /** Null where the gateway doesn't answer. */
  told: UsageTold | null;
  /** What is wrong with the days that were asked for; then nothing was asked. */
  errors: readonly FieldError[];
}

const MOST_RANKS = 10;
/** Tokens that the page tells of: those with the most money. */
export const MOST_TOKENS = 50;

/** The parameters that lead to the same page again. */
const parametersOf = ({ range, days, group, token }: UsageAsking): Record<string, string> => ({
  ...(days === null ? { ...range } : { days: String(days) }),
  group: group === "day" ? "" : group,
  token: token?.id ?? "",
});

function Tabs({ asking }: { asking: UsageAsking }) {
  return (
    <nav class="tabs" aria-label="Put together">
      {GROUPS.map((group) => (
        <a
          href={address("/usage", parametersOf({ ...asking, group }))}
          aria-current={group === asking.group ? "page" : undefined}
        >
          {GROUP_NAMES[group][0]}
        </a>
      ))}
    </nav>
  );
}

function Chart({ asking: { range, group }, told: { report, labels } }: { asking: UsageAsking; told: UsageTold }) {
  if (group === "day") return <UsageByDay report={report} range={range} />;
  const { title, barOf } = measureOf(report);
  const bars = report.rows.map((row) => barOf(nameOf(row, group, labels), row));
  const ranked = bars.toSorted((a, b) => b.value - a.value).slice(0, MOST_RANKS);
  return <RankChart title={bars.length > MOST_RANKS ? `${title}: the first ${MOST_RANKS}` : title} bars={ranked} />;
}

function Exports({ asking: { range, token } }: { asking: UsageAsking }) {
  const link = (format: string): string => address("/api/usage/export", { format, ...range, token: token?.id ?? "" });
  return (
    <p class="after">
      Row by row, for each day, token and model:{" "}
      <a href={link("csv")} download>
        CSV
      </a>{" "}
      or{" "}
      <a href={link("ndjson")} download>
        NDJSON
      </a>
    </p>
  );
}

function Pending() {
  return (
    <div class="empty">
      <p>Which tokens used the most in these days is being added up. Load this page again in a moment to see them.</p>
    </div>
  );
}

function Rows({ asking, told }: { asking: UsageAsking; told: UsageTold }) {
  const { report, labels } = told;
  const isCut = asking.group === "token" && asking.token === null && report.rows.length >= MOST_TOKENS;
  return (
    <>
      <Chart asking={asking} told={told} />
      {isCut && <p class="hint">The {MOST_TOKENS} tokens that used the most. Every token is in the files below.</p>}
      <UsageTable
        rows={asking.group === "day" ? report.rows.toReversed() : report.rows}
        group={asking.group}
        labels={labels}
      />
    </>
  );
}

function Told({ asking, told }: { asking: UsageAsking; told: UsageTold }) {
  const { report, unpriced } = told;
  if (report.total.requests === 0) {
    return (
      <div class="empty">
        <p>There were no requests in these days.</p>
      </div>
    );
  }
  return (
    <>
      <UsageTotals total={report.total} />
      <Unpriced models={unpriced} total={report.total} />
      <Tabs asking={asking} />
      {report.isPending === true ? <Pending /> : <Rows asking={asking} told={told} />}
      <Exports asking={asking} />
      <p class="hint">
        Complete up to <Time ms={report.asOf} />, but for requests that are still on their way. Days are of UTC. ≈ marks
        sums that hold estimates: of answers that broke off, or whose usage the provider didn't report.
      </p>
    </>
  );
}

/** What was used, by whom and for how much. */
export function UsagePage({ asking, told, errors }: UsagePageProps) {
  const { token } = asking;
  return (
    <Layout title={errors.length > 0 ? "Error: Usage" : "Usage"} section="usage">
      <div class="title">
        <h1>{token === null ? "Usage" : `Usage of ${token.label}`}</h1>
        {token !== null && (
          <>
            <a href={`/tokens/${token.id}`}>To the token</a>
            <a href={address("/usage", parametersOf({ ...asking, token: null }))}>All tokens</a>
          </>
        )}
      </div>
      <ErrorSummary errors={errors} idOf={(field) => field} />
      <RangeChoice asking={asking} errors={errors} />
      {told !== null && <Told asking={asking} told={told} />}
      {told === null && errors.length === 0 && (
        <Warning>
          <h2>The gateway doesn't answer</h2>
          <p>It keeps the usage, so there is none to be shown now. Nothing is lost: load this page again in a while.</p>
        </Warning>
      )}
    </Layout>
  );
}
