import type { FieldError } from "../../api/problem.ts";
import { anyDay, type Days } from "../day-spans.ts";
import { errorOf, Fieldset, TextField } from "./fields.tsx";

interface DaySpanProps {
  /** `created` or `expires`, with which the names of the fields begin. */
  name: "created" | "expires";
  legend: string;
  days: Days;
  errors: readonly FieldError[];
}

function DaySpan({ name, legend, days, errors }: DaySpanProps) {
  const field = (end: "From" | "To", label: string) => (
    <TextField
      id={`${name}${end}`}
      name={`${name}${end}`}
      label={label}
      error={errorOf(errors, `${name}${end}`)}
      input={{ type: "date", value: days[`${name}${end}`] ?? "", autocomplete: "off" }}
    />
  );
  return (
    <Fieldset id={name} legend={legend}>
      <div class="days">
        {field("From", "First day")}
        {field("To", "Last day")}
      </div>
    </Fieldset>
  );
}

interface DaySpanFieldsProps extends Pick<DaySpanProps, "days" | "errors"> {
  /** IANA name of the zone of the days; empty: UTC, or where nothing is set yet and the script runs, the viewer's. */
  zone: string;
}

/** From which day to which tokens were created, and expire; folded away until one is set. */
export function DaySpanFields({ days, zone, errors }: DaySpanFieldsProps) {
  const isSet = anyDay(days);
  return (
    <details class="more" open={isSet}>
      <summary>More filters</summary>
      <p class="hint">
        Days in <span data-days-zone={isSet ? undefined : ""}>{zone || "UTC"}</span>. Tokens that never expire aren't
        found by when they expire.
      </p>
      <div class="spans">
        <DaySpan name="created" legend="Created" days={days} errors={errors} />
        <DaySpan name="expires" legend="Expires" days={days} errors={errors} />
      </div>
      <input type="hidden" name="zone" value={zone} />
    </details>
  );
}
