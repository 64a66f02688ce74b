import type { PolicyName } from "../../../shared/record.ts";
import type { BulkName } from "../../api/bulk-schemas.ts";
import type { FieldError } from "../../api/problem.ts";
import { number } from "../amounts.ts";
import type { ExtendValues } from "../bulk-forms.ts";
import { END_FIELD_ID, EndField } from "./end-field.tsx";
import { Choice, errorOf, Fieldset, SelectField, TextField } from "./fields.tsx";

// What an action on many tokens has to be told beside the tokens.

const IDS: Readonly<Record<string, string>> = {
  days: "days",
  expiresAt: END_FIELD_ID,
  expiry: "until",
  policy: "follow",
  typed: "typed",
};

/** The id of a field's input, for a link to it; null where the field has none. */
export const bulkFieldId = (field: string): string | null => IDS[field] ?? null;

const UNTIL_CHOICES: readonly (readonly [value: ExtendValues["until"], label: string])[] = [
  ["days", "By the days below, each from where it ends now"],
  ["at", "Until the time below; what ends later stays"],
  ["never", "For ever"],
];

interface FieldsProps {
  errors: readonly FieldError[];
}

function ExtendFields({ values, errors }: FieldsProps & { values: ExtendValues }) {
  return (
    <>
      <Fieldset id="until" legend="How far" error={errorOf(errors, "expiry")}>
        {UNTIL_CHOICES.map(([value, label]) => (
          <div>
            <Choice
              type="radio"
              id={`until-${value}`}
              name="until"
              value={value}
              label={label}
              checked={values.until === value}
            />
          </div>
        ))}
      </Fieldset>
      <TextField
        id="days"
        name="days"
        label="Days"
        error={errorOf(errors, "days")}
        input={{ value: values.days, inputmode: "numeric", maxlength: 6, autocomplete: "off" }}
      />
      <EndField values={values} error={errorOf(errors, "expiresAt")} />
    </>
  );
}

interface BulkFieldsProps extends FieldsProps {
  action: BulkName;
  total: number;
  policies: readonly PolicyName[];
  extend: ExtendValues;
  /** Id of the policy to follow; empty: none. */
  policy: string;
}

/** The fields that an action on many tokens needs; most need none. */
export function BulkFields({ action, total, policies, extend, policy, errors }: BulkFieldsProps) {
  if (action === "extend") return <ExtendFields values={extend} errors={errors} />;
  if (action === "policy") {
    const none = ["", "None: each keeps the rules that it has, as its own"] as const;
    return (
      <SelectField
        id="follow"
        name="policy-to-follow"
        label="Policy to follow"
        value={policy}
        choices={[none, ...policies.map(({ id, name }) => [id, name] as const)]}
        error={errorOf(errors, "policy")}
      />
    );
  }
  if (action !== "delete") return null;
  return (
    <TextField
      id="typed"
      name="typed"
      label={`Type ${number(total)} to delete them for good`}
      error={errorOf(errors, "typed")}
      input={{ inputmode: "numeric", maxlength: 12, autocomplete: "off", required: true }}
    />
  );
}
