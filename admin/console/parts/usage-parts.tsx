import type { UsageGroupRow, UsageReport } from "../../../shared/usage.ts";
import type { FieldError } from "../../api/problem.ts";
import { meanOf } from "../../usage/amounts.ts";
import { counted, number, span } from "../amounts.ts";
import type { UsageAsking } from "../pages/usage.tsx";
import { errorOf, TextField } from "./fields.tsx";
import { Warning } from "./message.tsx";
import { address } from "./table.tsx";
import { Counts, failed, Money } from "./usage-table.tsx";

// Parts of the page of the usage.

/** Days up to today, to choose from. */
export const SPANS: readonly (readonly [days: number, label: string])[] = [
  [1, "Today"],
  [7, "7 days"],
  [30, "30 days"],
  [90, "90 days"],
];

const dateInput = (value: string) => ({ type: "date", value, required: true, autocomplete: "off" });

/** Which days: a link for each usual span, and two fields for any others. */
export function RangeChoice({ asking, errors }: { asking: UsageAsking; errors: readonly FieldError[] }) {
  const { range, days, group, token } = asking;
  const rest = { group: group === "day" ? "" : group, token: token?.id ?? "" };
  return (
    <search class="ranges">
      <nav class="tabs" aria-label="Days">
        {SPANS.map(([span, label]) => (
          <a
            href={address("/usage", { days: String(span), ...rest })}
            aria-current={span === days ? "page" : undefined}
          >
            {label}
          </a>
        ))}
      </nav>
      <form class="filters" method="get" action="/usage">
        <TextField
          id="from"
          name="from"
          label="From day (UTC)"
          error={errorOf(errors, "from")}
          input={dateInput(range.from)}
        />
        <TextField id="to" name="to" label="To day (UTC)" error={errorOf(errors, "to")} input={dateInput(range.to)} />
        {Object.entries(rest)
          .filter(([, value]) => value !== "")
          .map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
        <button class="button" type="submit">
          Show
        </button>
      </form>
    </search>
  );
}

/** All of it in a few numbers. */
export function UsageTotals({ total }: Pick<UsageReport, "total">) {
  const { requests, counts, estimated, ttfbMs, timed } = total;
  return (
    <section class="panel" aria-label="In all">
      <dl class="facts totals">
        <div>
          <dt>Spend</dt>
          <dd>
            <Money {...total} unpriced={0} />
          </dd>
        </div>
        <div>
          <dt>Requests</dt>
          <dd>{number(requests)}</dd>
          <dd class="sub">{number(failed(total))} without success</dd>
        </div>
        <div>
          <dt>Tokens</dt>
          <dd>{number(counts.input + counts.output)}</dd>
          <dd class="sub">
            {number(counts.input)} in, {number(counts.output)} out
          </dd>
        </div>
        <div>
          <dt>First byte, on average</dt>
          <dd>{span(meanOf(ttfbMs, timed))}</dd>
        </div>
      </dl>
      {estimated > 0 && <p class="hint">The usage of {counted(estimated, "request")} is an estimate.</p>}
      <Counts counts={counts} />
    </section>
  );
}

/** Says what isn't in the sum of the money. */
export function Unpriced({ models, total }: { models: readonly UsageGroupRow[] } & Pick<UsageReport, "total">) {
  if (total.unpriced === 0) return null;
  return (
    <Warning>
      <h2>{counted(total.unpriced, "request")} without a known price</h2>
      <p>What they cost isn't in the spend. Add a price, and requests from then on are counted with it.</p>
      <ul>
        {models.map(({ key, provider, unpriced }) => (
          <li>
            {key === "" ? "No model named" : key}: {number(unpriced)}
            {key !== "" && (
              <>
                {" · "}
                <a href={address("/prices/new", { provider: provider ?? "", model: key })}>
                  Add a price <span class="unseen">for {key}</span>
                </a>
              </>
            )}
          </li>
        ))}
      </ul>
    </Warning>
  );
}
