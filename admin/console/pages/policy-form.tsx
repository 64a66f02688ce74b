import type { Child, PropsWithChildren } from "hono/jsx";
import type { FieldError } from "../../api/problem.ts";
import type { FormHelp } from "../form-help.ts";
import { errorOf, TextField } from "../parts/fields.tsx";
import { Layout } from "../parts/layout.tsx";
import { BudgetFields } from "../parts/limit-fields.tsx";
import { ErrorSummary } from "../parts/message.tsx";
import { PolicyFields, policyFieldId } from "../parts/policy-fields.tsx";
import { Presets } from "../parts/presets.tsx";
import { DefaultButton, SubmitRow } from "../parts/preview.tsx";
import type { PolicyValues } from "../policy-values.ts";
import type { PresetName } from "../presets.ts";
import { policyPreview } from "../preview.ts";

/** What the form of a policy shows. */
export interface NamedValues {
  name: string;
  /** What the form was filled with at first; null: no preset. */
  preset: PresetName | null;
  policy: PolicyValues;
}

/** What is entered in the form of a policy, and what is wrong with it. */
export interface PolicyFormState {
  values: NamedValues;
  help: FormHelp;
  errors: readonly FieldError[];
}

/** Where a link to a field's error leads; null: nowhere. */
export const policyFormId = (field: string): string | null => (field === "name" ? "policy-name" : policyFieldId(field));

interface PolicyFormProps extends PolicyFormState {
  action: string;
  button: string;
  previewAt: string;
  /** What saving does beyond the policy itself. */
  effect?: Child;
}

/** The form of a policy; the children stand first in it. */
export function PolicyForm({
  action,
  button,
  previewAt,
  values,
  help,
  errors,
  effect,
  children,
}: PropsWithChildren<PolicyFormProps>) {
  const { sentence, folds } = policyPreview(values.policy);
  return (
    <form class="panel" method="post" action={action} data-preview={previewAt}>
      {children}
      <TextField
        id="policy-name"
        name="name"
        label="Name"
        hint="Who it is for. Only you see it."
        error={errorOf(errors, "name")}
        input={{ value: values.name, required: true, maxlength: 80, autocomplete: "off" }}
      />
      <BudgetFields values={values.policy} errors={errors} />
      <PolicyFields values={values.policy} errors={errors} help={help} words={folds} />
      {effect}
      <SubmitRow sentence={sentence} button={button} previewAt={previewAt}>
        <a class="button quiet" href="/policies">
          Cancel
        </a>
      </SubmitRow>
    </form>
  );
}

/** The form of a new policy. `kept`: what stayed as the owner had it when the form was filled anew. */
export function NewPolicyPage({ kept, ...form }: PolicyFormState & { kept: readonly string[] }) {
  return (
    <Layout title={form.errors.length > 0 ? "Error: new policy" : "New policy"} section="policies">
      <h1>New policy</h1>
      <ErrorSummary errors={form.errors} idOf={policyFormId} />
      <PolicyForm action="/policies" button="Create policy" previewAt="/policies/preview" {...form}>
        <DefaultButton>Create policy</DefaultButton>
        <Presets path="/policies/new" current={form.values.preset} kept={kept} />
      </PolicyForm>
    </Layout>
  );
}
