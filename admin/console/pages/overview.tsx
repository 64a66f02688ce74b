import type { LabelledSeries, Numbers, Standing } from "../../overview/reading.ts";
import { Attention } from "../parts/attention.tsx";
import { FirstSteps } from "../parts/first-steps.tsx";
import { Layout } from "../parts/layout.tsx";
import { Warning } from "../parts/message.tsx";
import { NumbersTable } from "../parts/numbers.tsx";
import { type ChartAsking, ChartChoices, SeriesChart } from "../parts/series.tsx";
import { Time } from "../parts/time.tsx";

interface OverviewPageProps {
  standing: Standing;
  /** Null where the gateway doesn't answer. */
  numbers: Numbers | null;
  /** Null where the gateway doesn't answer. */
  told: LabelledSeries | null;
  asking: ChartAsking;
}

function NoAnswer({ what }: { what: string }) {
  return (
    <Warning>
      <h3>The gateway doesn't answer</h3>
      <p>It keeps the usage, so {what} can't be shown now. Nothing is lost: load this page again in a while.</p>
    </Warning>
  );
}

function Used({ numbers, told, asking }: Omit<OverviewPageProps, "standing">) {
  if (numbers === null && told === null) {
    return (
      <section aria-labelledby="used">
        <h2 id="used">Used</h2>
        <NoAnswer what="it" />
      </section>
    );
  }
  return (
    <>
      <section aria-labelledby="used">
        <h2 id="used">Used</h2>
        {numbers === null ? <NoAnswer what="these numbers" /> : <NumbersTable numbers={numbers} />}
      </section>
      <section class="over-time" aria-labelledby="over-time">
        <h2 id="over-time">Over time</h2>
        <ChartChoices asking={asking} />
        {told === null ? <NoAnswer what="the chart" /> : <SeriesChart told={told} asking={asking} />}
        {told?.series.isPending === true && (
          <p class="hint">
            Which tokens used the most is being added up. Load this page again in a moment to see them told apart.
          </p>
        )}
      </section>
      <p class="hint">
        Days, weeks and months are of UTC; hours of <span data-zone>UTC</span>. The tokens used in weeks and months are
        counted by whole days.{" "}
        {told !== null && (
          <>
            Complete up to <Time ms={told.series.asOf} />, but for requests that are still on their way.
          </>
        )}
      </p>
    </>
  );
}

/** What is used, what for, and what needs the owner's attention. */
export function OverviewPage({ standing, ...used }: OverviewPageProps) {
  const { findings, hasTokens, hasKeys } = standing;
  // Of deleted tokens, there may be usage all the same.
  const hasUsage = (used.told?.series.parts.length ?? 0) > 0;
  // The steps say it already.
  const shown = hasTokens ? findings : findings.filter(({ kind }) => kind !== "no_provider_key");
  return (
    <Layout title="Overview" section="overview">
      <div class="title">
        <h1>Overview</h1>
        {hasTokens && (
          <a class="button primary" href="/tokens/new">
            New token
          </a>
        )}
      </div>
      {!hasTokens && <FirstSteps hasKeys={hasKeys} />}
      {(hasTokens || shown.length > 0) && <Attention findings={shown} />}
      {(hasTokens || hasUsage) && <Used {...used} />}
    </Layout>
  );
}
