import { BUDGET_PERIODS, DEFAULT_QUEUE_SECONDS } from "../../../shared/policy.ts";
import type { FieldError } from "../../api/problem.ts";
import { type BudgetValues, LIMIT_FIELDS, type PolicyValues } from "../policy-values.ts";
import { PERIOD_CHOICES } from "../words.ts";
import { Choice, errorOf, Fieldset, SelectField, TextField } from "./fields.tsx";

interface LimitFieldsProps {
  values: PolicyValues;
  errors: readonly FieldError[];
}

const LIMITS: Record<(typeof LIMIT_FIELDS)[number], readonly [label: string, hint: string]> = {
  requestsPerMinute: ["Requests per minute", "Empty: no limit."],
  tokensPerMinute: ["Tokens per minute", "Input and output together. Empty: no limit."],
  concurrency: ["Requests at the same time", "Empty: no limit."],
  queueSeconds: [
    "Seconds to wait for a free place",
    `For requests above the limit before, until they are refused; 0: not at all. Empty: ${DEFAULT_QUEUE_SECONDS}.`,
  ],
};

const UNITS = [
  ["usd", "US dollars"],
  ["tokens", "Tokens"],
] as const;
const PERIODS = BUDGET_PERIODS.map((period) => [period, PERIOD_CHOICES[period]] as const);

function BudgetRow({ budget, row, errors }: { budget: BudgetValues; row: number; errors: readonly FieldError[] }) {
  const idOf = (part: string): string => `rule-budget-${row}-${part}`;
  const errorAt = (part: string): string | null => errorOf(errors, `budget-${row}-${part}`);
  return (
    <fieldset class="row">
      <legend class="unseen">{`Budget ${row + 1}`}</legend>
      <TextField
        id={idOf("amount")}
        name="budgetAmount"
        label="Amount"
        error={errorAt("amount")}
        input={{ value: budget.amount, inputmode: "decimal", autocomplete: "off" }}
      />
      <SelectField id={idOf("unit")} name="budgetUnit" label="Of" value={budget.unit} choices={UNITS} />
      <SelectField
        id={idOf("per")}
        name="budgetPer"
        label="Per"
        error={errorAt("per")}
        value={budget.per}
        choices={PERIODS}
      />
      <TextField
        id={idOf("warnAt")}
        name="budgetWarnAt"
        label="Warn at %"
        error={errorAt("warnAt")}
        input={{ value: budget.warnAt, inputmode: "decimal", autocomplete: "off" }}
      />
    </fieldset>
  );
}

/** How much and how fast: budgets, rates and what runs at the same time. */
export function LimitFields({ values, errors }: LimitFieldsProps) {
  return (
    <>
      <Fieldset
        id="rule-budgets"
        legend="Budgets"
        hint="All of them count at the same time; a row without an amount is none. Periods are of the calendar, in UTC. A warning refuses nothing: it is sent to your webhooks. After saving there are more rows."
        error={errorOf(errors, "budgets")}
      >
        {values.budgets.map((budget, row) => (
          <BudgetRow budget={budget} row={row} errors={errors} />
        ))}
      </Fieldset>
      <Fieldset id="rule-allowUnpriced" legend="Models without a known price">
        <div class="choices">
          <Choice
            type="checkbox"
            id="allow-unpriced"
            name="allowUnpriced"
            value="yes"
            label="May be used under a budget in dollars, where they count as nothing"
            checked={values.allowUnpriced}
          />
        </div>
      </Fieldset>
      <div class="row">
        {LIMIT_FIELDS.map((field) => (
          <TextField
            id={`rule-${field}`}
            name={field}
            label={LIMITS[field][0]}
            hint={LIMITS[field][1]}
            error={errorOf(errors, field)}
            input={{ value: values.limits[field], inputmode: "numeric", autocomplete: "off" }}
          />
        ))}
      </div>
    </>
  );
}
