import type { BudgetStanding, LimitStanding, RateStanding } from "../../../shared/usage.ts";
import { counted, dollars, number } from "../amounts.ts";
import { PERIOD_WORDS } from "../../../shared/policy.ts";
import { Fact } from "./fact.tsx";
import { Meter } from "./chart.tsx";
import { Time } from "./time.tsx";

// How a token's limits stand, each with a bar.

function Rate({ name, rate }: { name: string; rate: RateStanding | null }) {
  if (rate === null) return null;
  const { limit, left, resetsAt } = rate;
  return (
    <Fact name={name}>
      <Meter limit={limit} used={limit - left} />
      {number(left)} of {number(limit)} left
      {left < limit && (
        <span class="sub">
          All of it again at <Time ms={resetsAt} />
        </span>
      )}
    </Fact>
  );
}

function Concurrency({ standing }: { standing: LimitStanding["concurrency"] }) {
  if (standing === null) return null;
  const { limit, running, waiting } = standing;
  return (
    <Fact name="Requests at the same time">
      <Meter limit={limit} used={running} />
      {number(running)} of {number(limit)} running
      {waiting > 0 && <span class="sub">{number(waiting)} waiting</span>}
    </Fact>
  );
}

function Budget({ budget }: { budget: BudgetStanding }) {
  const { unit, per, limit, used, reserved, left, resetsAt, warnAt } = budget;
  const amount = (value: number): string => (unit === "usd" ? dollars(value) : counted(value, "token"));
  const warned = warnAt !== null && used >= limit * warnAt;
  return (
    <Fact name={`Budget of ${amount(limit)} ${PERIOD_WORDS[per]}`}>
      <Meter limit={limit} used={used} reserved={reserved} />
      {amount(left)} left
      <span class="sub">
        {amount(used)} used{reserved > 0 && `, ${amount(reserved)} held for requests on their way`}
      </span>
      {warned && <span class="sub">{`Above the ${Math.round(warnAt * 100)} % from which you are told`}</span>}
      <span class="sub">
        {resetsAt === null ? (
          "Never renewed"
        ) : (
          <>
            Renewed at <Time ms={resetsAt} />
          </>
        )}
      </span>
    </Fact>
  );
}

/** How a token's limits stand; null: it has none. */
export function Limits({ standing }: { standing: LimitStanding | null }) {
  if (standing === null) return <p class="hint">The token has no limits.</p>;
  return (
    <dl class="facts limits">
      {standing.budgets.map((budget) => (
        <Budget budget={budget} />
      ))}
      <Rate name="Requests per minute" rate={standing.requestsPerMinute} />
      <Rate name="Tokens per minute" rate={standing.tokensPerMinute} />
      <Concurrency standing={standing.concurrency} />
    </dl>
  );
}
