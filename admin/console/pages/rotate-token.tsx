import type { FieldError } from "../../api/problem.ts";
import type { TokenView } from "../../registry/types.ts";
import { errorOf, SelectField } from "../parts/fields.tsx";
import { Layout } from "../parts/layout.tsx";
import { ErrorSummary } from "../parts/message.tsx";
import { SecretFields, tokenFieldId } from "../parts/token-fields.tsx";

const GRACES: readonly (readonly [seconds: string, label: string])[] = [
  ["0", "End now"],
  ["3600", "Go on working for 1 hour"],
  ["86400", "Go on working for 1 day"],
  ["604800", "Go on working for 7 days"],
  ["2592000", "Go on working for 30 days"],
];

/** What was entered of how to rotate. */
export interface RotateValues {
  graceSeconds: string;
  /** Whether the owner types the new secret. */
  ownSecret: boolean;
}

interface RotateTokenPageProps {
  token: TokenView;
  values: RotateValues;
  errors: readonly FieldError[];
}

/** Asks how a token shall get a new secret. */
export function RotateTokenPage({ token: { id, label }, values, errors }: RotateTokenPageProps) {
  return (
    <Layout title={`${errors.length > 0 ? "Error: " : ""}Rotate ${label}`} section="tokens">
      <div class="narrow">
        <h1>Rotate “{label}”</h1>
        <ErrorSummary errors={errors} idOf={tokenFieldId} />
        <p>Gives the token a new secret, which the next page shows once. Its label, rules and history stay.</p>
        <form method="post" action={`/tokens/${id}/rotate`}>
          <SelectField
            id="grace"
            name="graceSeconds"
            label="The secret that works now shall"
            value={values.graceSeconds}
            choices={GRACES}
            error={errorOf(errors, "graceSeconds")}
          />
          <SecretFields own={values.ownSecret} errors={errors} />
          <div class="actions">
            <button class="button primary" type="submit">
              Rotate token
            </button>
            <a class="button quiet" href={`/tokens/${id}`}>
              Cancel
            </a>
          </div>
        </form>
      </div>
    </Layout>
  );
}
