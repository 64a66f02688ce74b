import { BUDGET_PERIODS, DEFAULT_QUEUE_SECONDS, PERIOD_WORDS } from "../../../shared/policy.ts";
import type { FieldError } from "../../api/problem.ts";
import { type BudgetValues, EMPTY_BUDGET, LIMIT_FIELDS, type PolicyValues } from "../policy-values.ts";
import { errorOf, Fieldset, SelectField, TextField } from "./fields.tsx";
import { Rows, withSpare } from "./rows.tsx";

interface LimitFieldsProps {
  values: PolicyValues;
  errors: readonly FieldError[];
}

const MAX_BUDGETS = 20;
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
  ["tokens", "tokens"],
] as const;
const PERIODS = BUDGET_PERIODS.map((period) => [period, PERIOD_WORDS[period]] as const);

function BudgetRow({ budget, row, errors }: { budget: BudgetValues; row: number; errors: readonly FieldError[] }) {
  const idOf = (part: string): string => `rule-budget-${row}-${part}`;
  const errorAt = (part: string): string | null => errorOf(errors, `budget.${row}.${part}`);
  const decimal = { inputmode: "decimal", autocomplete: "off" };
  return (
    <fieldset class="budget">
      <legend class="unseen">{`Budget ${row + 1}`}</legend>
      <span aria-hidden="true">Up to</span>
      <TextField
        id={idOf("amount")}
        name="budgetAmount"
        label="Amount"
        quiet
        error={errorAt("amount")}
        input={{ value: budget.amount, ...decimal }}
      />
      <SelectField id={idOf("unit")} name="budgetUnit" label="Of" quiet value={budget.unit} choices={UNITS} />
      <SelectField
        id={idOf("per")}
        name="budgetPer"
        label="How often"
        quiet
        error={errorAt("per")}
        value={budget.per}
        choices={PERIODS}
      />
      <span aria-hidden="true">warn at</span>
      <TextField
        id={idOf("warnAt")}
        name="budgetWarnAt"
        label="Warn at, in percent"
        quiet
        error={errorAt("warnAt")}
        input={{ value: budget.warnAt, ...decimal }}
      />
      <span aria-hidden="true">%</span>
    </fieldset>
  );
}

/** How much: budgets. */
export function BudgetFields({ values, errors }: LimitFieldsProps) {
  return (
    <Fieldset
      id="rule-budgets"
      legend="Budgets"
      hint="All of them count at the same time; a row without an amount is none. Periods are of the calendar, in UTC. A warning refuses nothing: it is sent to your webhooks."
      error={errorOf(errors, "budgets")}
    >
      <Rows noun="budget">
        {withSpare(values.budgets, EMPTY_BUDGET, 2, MAX_BUDGETS).map((budget, row) => (
          <BudgetRow budget={budget} row={row} errors={errors} />
        ))}
      </Rows>
    </Fieldset>
  );
}

/** How fast, and what runs at the same time. */
export function PaceFields({ values, errors }: LimitFieldsProps) {
  return (
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
  );
}
