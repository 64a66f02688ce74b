import type { RequestPage, TokenActivity, UsageReport } from "../../../shared/usage.ts";
import type { AdminBindings } from "../../bindings.ts";
import { ask, orNull } from "../../usage/asking.ts";
import { type DayRange, lastDays, USUAL_DAYS } from "../../usage/days.ts";
import { inOrder } from "../../usage/reading.ts";
import { Limits } from "./limits.tsx";
import { RequestList } from "./request-list.tsx";
import { Time } from "./time.tsx";
import { UsageByDay } from "./usage-bars.tsx";
import { UsageTable } from "./usage-table.tsx";

const SHOWN_REQUESTS = 20;

/** What the gateway tells of one token; null, each by itself, where it doesn't answer. */
export interface TokenUsageTold {
  activity: TokenActivity | null;
  /** By model. */
  usage: UsageReport | null;
  /** By day. */
  days: UsageReport | null;
  /** What both are of. */
  range: DayRange;
  requests: RequestPage | null;
}

/**
 * Asks the gateway what a token used. It never throws: the token's page works without.
 *
 * @param now ms since 1970
 */
export async function readTokenUsage(
  gateway: AdminBindings["gateway"],
  tokenId: string,
  now: number,
): Promise<TokenUsageTold> {
  const group = "model";
  const range = lastDays(USUAL_DAYS, now);
  const [activity, usage, days, requests] = await Promise.all([
    ask(gateway.activity(tokenId)),
    ask(gateway.usage({ tokenId, ...range, group })),
    ask(gateway.usage({ tokenId, ...range, group: "day" })),
    ask(gateway.requests({ tokenId, before: null, limit: SHOWN_REQUESTS })),
  ]);
  const report = orNull(usage);
  return {
    activity: orNull(activity),
    usage: report === null ? null : inOrder(report, group),
    days: orNull(days),
    range,
    requests: orNull(requests),
  };
}

const NotTold = () => <p class="hint">The gateway doesn't answer, so this can't be shown now. Nothing is lost.</p>;

function Used({ activity: { firstUsedAt, lastUsedAt } }: { activity: TokenActivity }) {
  if (firstUsedAt === null || lastUsedAt === null) return <p>It was never used.</p>;
  return (
    <p>
      Used first on <Time ms={firstUsedAt} />, last on <Time ms={lastUsedAt} />.
    </p>
  );
}

function ByModel({ id, usage }: { id: string; usage: UsageReport }) {
  if (usage.rows.length === 0) return <p class="hint">There was none.</p>;
  return (
    <>
      <UsageTable rows={usage.rows} group="model" labels={new Map()} />
      <p class="lone after">
        <a href={`/usage?token=${id}`}>All of its usage</a>
      </p>
    </>
  );
}

function LastRequests({ id, page }: { id: string; page: RequestPage }) {
  if (page.entries.length === 0) return <p class="hint">There were none.</p>;
  return (
    <>
      <RequestList entries={page.entries} />
      <p class="lone after">
        <a href={`/tokens/${id}/requests`}>More requests, and exports</a>
      </p>
    </>
  );
}

/** What a token used and may still use. */
export function TokenUsage({ id, told }: { id: string; told: TokenUsageTold }) {
  const { activity, usage, days, range, requests } = told;
  return (
    <>
      <section class="panel">
        <h2>Limits</h2>
        {activity === null ? (
          <NotTold />
        ) : (
          <>
            <Limits standing={activity.standing} />
            <Used activity={activity} />
          </>
        )}
      </section>
      <section class="listed">
        <h2>Usage of the last {USUAL_DAYS} days</h2>
        {days !== null && <UsageByDay report={days} range={range} />}
        {usage === null ? <NotTold /> : <ByModel id={id} usage={usage} />}
      </section>
      <section class="listed">
        <h2>Last requests</h2>
        {requests === null ? <NotTold /> : <LastRequests id={id} page={requests} />}
      </section>
    </>
  );
}
