import { DAY_WORDS, WEEKDAYS } from "../../../shared/policy.ts";
import type { FieldError } from "../../api/problem.ts";
import type { FormHelp } from "../form-help.ts";
import { EMPTY_WINDOW, type PolicyValues, type WindowValues } from "../policy-values.ts";
import { Choice, errorOf, Fieldset, TextField } from "./fields.tsx";
import { Options, Rows, withSpare } from "./rows.tsx";

interface HourFieldsProps {
  values: PolicyValues;
  errors: readonly FieldError[];
  help: FormHelp;
}

const MAX_WINDOWS = 50;
const ENDS = [
  ["from", "From"],
  ["to", "To"],
] as const;
/** To choose from without a script; with one, all that there are can be chosen. */
const ZONES = `UTC Europe/London Europe/Paris Europe/Berlin Europe/Kyiv Europe/Istanbul Africa/Cairo Africa/Lagos
  Africa/Johannesburg Asia/Dubai Asia/Karachi Asia/Kolkata Asia/Bangkok Asia/Shanghai Asia/Tokyo Australia/Sydney
  Pacific/Auckland America/Sao_Paulo America/New_York America/Chicago America/Denver America/Los_Angeles`.split(/\s+/);

function HourRow({ window, row, errors }: { window: WindowValues; row: number; errors: readonly FieldError[] }) {
  const errorAt = (part: string): string | null => errorOf(errors, `hours.${row}.${part}`);
  return (
    <fieldset class="hours">
      <legend class="unseen">{`Hours ${row + 1}`}</legend>
      <Fieldset id={`rule-hours-${row}-days`} legend="Days" error={errorAt("days")}>
        <div class="days">
          {WEEKDAYS.map((day) => (
            <Choice
              type="checkbox"
              id={`hours-${row}-${day}`}
              name={`hours-${row}-days`}
              value={day}
              label={DAY_WORDS[day]}
              checked={window.days.includes(day)}
            />
          ))}
        </div>
      </Fieldset>
      {ENDS.map(([part, label]) => (
        <TextField
          id={`rule-hours-${row}-${part}`}
          name={`hours-${row}-${part}`}
          label={label}
          error={errorAt(part)}
          input={{ type: "time", value: window[part], autocomplete: "off" }}
        />
      ))}
    </fieldset>
  );
}

/** When: days, times and their zone. */
export function HourFields({ values, errors, help }: HourFieldsProps) {
  const { hours, timeZone } = values;
  return (
    <>
      <Fieldset
        id="rule-activeHours"
        legend="Hours in which the token works"
        hint="None: always. An end that isn't after its beginning is on the next day; midnight is 00:00."
        error={errorOf(errors, "activeHours")}
      >
        <Rows noun="time of the week">
          {withSpare(hours, EMPTY_WINDOW, 2, MAX_WINDOWS).map((window, row) => (
            <HourRow window={window} row={row} errors={errors} />
          ))}
        </Rows>
      </Fieldset>
      <TextField
        id="rule-timeZone"
        name="timeZone"
        label="Time zone of the hours"
        hint="Such as Europe/Berlin, America/New_York or UTC."
        error={errorOf(errors, "timeZone")}
        input={{
          value: timeZone,
          maxlength: 64,
          autocomplete: "off",
          spellcheck: "false",
          list: "time-zones",
          ...(help.guessedZone !== null && help.guessedZone === timeZone && { "data-guessed": "yes" }),
        }}
      />
      <Options id="time-zones" names={ZONES} />
    </>
  );
}
