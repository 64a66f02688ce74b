import type { FieldError } from "../../api/problem.ts";
import { EXPIRY_CHOICES } from "../expiry.ts";
import type { TokenValues } from "../forms.ts";
import { EndField } from "./end-field.tsx";
import { Choice, errorOf, Fieldset } from "./fields.tsx";
import { Time } from "./time.tsx";

interface ExpiryFieldsProps {
  values: TokenValues;
  errors: readonly FieldError[];
  /** The expiry to keep, ms since 1970, null: never; left out: a new token. */
  expiresAt?: number | null;
}

function Kept({ label, expiresAt }: { label: string; expiresAt: number | null }) {
  return (
    <>
      {label}: {expiresAt === null ? "never" : <Time ms={expiresAt} />}
    </>
  );
}

/** When the token expires. */
export function ExpiryFields({ values, errors, expiresAt }: ExpiryFieldsProps) {
  const offered = EXPIRY_CHOICES.filter(([choice]) => expiresAt !== undefined || choice !== "keep");
  return (
    <Fieldset id="expiry" legend="Expires" error={errorOf(errors, "expiry")}>
      <div class="choices">
        {offered.map(([choice, label]) => (
          <Choice
            type="radio"
            id={`expiry-${choice}`}
            name="expiry"
            value={choice}
            label={choice === "keep" ? <Kept label={label} expiresAt={expiresAt ?? null} /> : label}
            checked={values.expiry === choice}
            own={choice === "at"}
          />
        ))}
      </div>
      <EndField values={values} error={errorOf(errors, "expiresAt")} />
    </Fieldset>
  );
}
