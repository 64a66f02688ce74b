import type { PropsWithChildren } from "hono/jsx";
import { ENDPOINT_CLASSES, HOLDER_ACTIONS } from "../../../shared/policy.ts";
import type { FieldError } from "../../api/problem.ts";
import type { FoldWords } from "../folds.ts";
import type { FormHelp } from "../form-help.ts";
import type { PolicyValues } from "../policy-values.ts";
import { ENDPOINT_CHOICES, HOLDER_CHOICES } from "../words.ts";
import { Choice, errorOf, Fieldset } from "./fields.tsx";
import { Fold } from "./fold.tsx";
import { HourFields } from "./hour-fields.tsx";
import { PaceFields } from "./limit-fields.tsx";
import { ModelFields } from "./model-fields.tsx";
import { PlaceFields } from "./place-fields.tsx";

// The rules of a token or of a named policy as form fields. The budgets stand apart, in `limit-fields.tsx`.

/** What every part of the form is told. */
export interface PolicyFieldsProps {
  values: PolicyValues;
  errors: readonly FieldError[];
  help: FormHelp;
  /** What is set in each fold. */
  words: FoldWords;
}

/** The id of a field's input; null where the field has none. */
export const policyFieldId = (field: string): string | null =>
  field === "form" || field === "body" ? null : `rule-${field.replaceAll(".", "-")}`;

function EndpointField({ values, errors }: Pick<PolicyFieldsProps, "values" | "errors">) {
  return (
    <Fieldset id="rule-endpoints" legend="Endpoints" quiet error={errorOf(errors, "endpoints")}>
      <div class="choices">
        {ENDPOINT_CLASSES.map((one) => (
          <Choice
            type="radio"
            id={`endpoints-${one}`}
            name="endpoints"
            value={one}
            label={ENDPOINT_CHOICES[one]}
            checked={values.endpoints === one}
          />
        ))}
      </div>
    </Fieldset>
  );
}

function HolderFields({ values, errors }: Pick<PolicyFieldsProps, "values" | "errors">) {
  return (
    <Fieldset
      id="rule-holderMay"
      legend="The holder may"
      quiet
      hint="At the gateway's own page, with the token itself. You see it here when it was done."
      error={errorOf(errors, "holderMay")}
    >
      <div class="choices">
        {HOLDER_ACTIONS.map((action) => (
          <Choice
            type="checkbox"
            id={`holder-${action}`}
            name="holderMay"
            value={action}
            label={HOLDER_CHOICES[action]}
            checked={values.holderMay.includes(action)}
          />
        ))}
      </div>
    </Fieldset>
  );
}

/** All rules but the budgets, folded: models (behind the children), pace, hours, places, endpoints, and what the holder may do. */
export function PolicyFields({ values, errors, help, words, children }: PropsWithChildren<PolicyFieldsProps>) {
  const fold = { words, errors };
  return (
    <>
      <Fold name="models" {...fold}>
        {children}
        <ModelFields values={values} errors={errors} help={help} />
      </Fold>
      <div class="rules">
        <Fold name="pace" {...fold}>
          <PaceFields values={values} errors={errors} />
        </Fold>
        <Fold name="hours" {...fold}>
          <HourFields values={values} errors={errors} help={help} />
        </Fold>
        <Fold name="places" {...fold}>
          <PlaceFields values={values} errors={errors} help={help} />
        </Fold>
        <Fold name="endpoints" {...fold}>
          <EndpointField values={values} errors={errors} />
        </Fold>
        <Fold name="holder" {...fold}>
          <HolderFields values={values} errors={errors} />
        </Fold>
      </div>
    </>
  );
}
