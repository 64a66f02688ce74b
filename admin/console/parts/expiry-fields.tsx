import type { FieldError } from "../../api/problem.ts";
import { EXPIRY_CHOICES, type ExpiryChoice } from "../expiry.ts";
import type { TokenValues } from "../forms.ts";
import { dayWords } from "../policy-clauses.ts";
import { EndField } from "./end-field.tsx";
import { Choice, errorOf, Fieldset } from "./fields.tsx";

interface ExpiryFieldsProps {
  values: TokenValues;
  errors: readonly FieldError[];
  /** The expiry to keep, ms since 1970, null: never; left out: a new token. */
  expiresAt?: number | null;
}

/** When the token expires. */
export function ExpiryFields({ values, errors, expiresAt }: ExpiryFieldsProps) {
  const kept = expiresAt === undefined ? null : (expiresAt && dayWords(expiresAt)) || "never";
  const offered = EXPIRY_CHOICES.filter(
    ([choice]: readonly [ExpiryChoice, string]) => kept !== null || choice !== "keep",
  );
  return (
    <Fieldset id="expiry" legend="Expires" error={errorOf(errors, "expiry")}>
      <div class="choices">
        {offered.map(([choice, label]) => (
          <Choice
            type="radio"
            id={`expiry-${choice}`}
            name="expiry"
            value={choice}
            label={choice === "keep" ? `${label}: ${kept}` : label}
            checked={values.expiry === choice}
            own={choice === "at"}
          />
        ))}
      </div>
      <EndField values={values} error={errorOf(errors, "expiresAt")} />
    </Fieldset>
  );
}
