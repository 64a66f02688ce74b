import type { FieldError } from "../../api/problem.ts";
import { PROVIDERS } from "../../../shared/providers.ts";
import type { PolicyName } from "../../../shared/record.ts";
import type { FoldWords } from "../folds.ts";
import type { FormHelp } from "../form-help.ts";
import type { TokenValues } from "../forms.ts";
import { PROVIDER_NAMES } from "../words.ts";
import { Choice, errorOf, Fieldset, SelectField, TextArea, TextField } from "./fields.tsx";
import { ExpiryFields } from "./expiry-fields.tsx";
import { BudgetFields } from "./limit-fields.tsx";
import { PolicyFields, policyFieldId } from "./policy-fields.tsx";

// A token as form fields: the same for a new token and for an edit. What matters stands first, the rest is folded.

interface TokenFieldsProps {
  values: TokenValues;
  /** The named policies, to follow one. */
  policies: readonly PolicyName[];
  errors: readonly FieldError[];
  help: FormHelp;
  /** What is set in each fold. */
  words: FoldWords;
  /** The expiry to keep, ms since 1970, null: never; left out: a new token. */
  expiresAt?: number | null;
}

type FieldsProps = Pick<TokenFieldsProps, "values" | "errors">;

const IDS: Readonly<Record<string, string>> = {
  label: "label",
  note: "note",
  providers: "providers",
  expiry: "expiry",
  expiresAt: "expires-at",
  secret: "secret",
};

/** Where a link to a field's error leads; null: nowhere. */
export const tokenFieldId = (field: string): string | null => IDS[field] ?? policyFieldId(field);

function ProviderFields({ values, errors }: FieldsProps) {
  return (
    <Fieldset
      id="providers"
      legend="Providers"
      hint="What the token may be used for."
      error={errorOf(errors, "providers")}
    >
      <div class="choices">
        {PROVIDERS.map((provider) => (
          <Choice
            type="checkbox"
            id={`provider-${provider}`}
            name="providers"
            value={provider}
            label={PROVIDER_NAMES[provider]}
            checked={values.providers.includes(provider)}
          />
        ))}
      </div>
    </Fieldset>
  );
}

function FollowField({ values, errors, policies }: FieldsProps & Pick<TokenFieldsProps, "policies">) {
  const choices: [string, string][] = policies.map(({ id, name }) => [id, name]);
  return (
    <SelectField
      id="rule-policy"
      name="follow"
      label="Policy"
      hint="A token that follows a policy changes with it, and has no rules of its own: those below are left out then."
      error={errorOf(errors, "policy")}
      value={values.follow}
      choices={[["", "None: rules of its own"], ...choices]}
    />
  );
}

function NoteField({ values, errors }: FieldsProps) {
  const error = errorOf(errors, "note");
  return (
    <details class="part" open={values.note !== "" || error !== null}>
      <summary>
        Note: <span>{values.note === "" ? "none" : "for you alone"}</span>
      </summary>
      <TextArea
        id="note"
        name="note"
        label="Note"
        quiet
        hint="Anything you want to remember. Only you see it."
        error={error}
        value={values.note}
      />
    </details>
  );
}

/** Label, policy or budgets, expiry; and folded: providers, all other rules and the note. */
export function TokenFields({ values, errors, policies, help, words, expiresAt }: TokenFieldsProps) {
  const fields = { values, errors };
  return (
    <>
      <TextField
        id="label"
        name="label"
        label="Label"
        hint="Who or what the token is for. Only you see it."
        error={errorOf(errors, "label")}
        input={{ value: values.label, required: true, maxlength: 80, autocomplete: "off" }}
      />
      {policies.length > 0 && <FollowField {...fields} policies={policies} />}
      <div class="rules">
        <BudgetFields values={values.policy} errors={errors} />
      </div>
      <ExpiryFields {...fields} {...(expiresAt !== undefined && { expiresAt })} />
      <PolicyFields values={values.policy} errors={errors} help={help} words={words}>
        <ProviderFields {...fields} />
      </PolicyFields>
      <NoteField {...fields} />
    </>
  );
}

/** Whether Doppelgate makes the secret or the owner types one. What was typed is never written back into the page. */
export function SecretFields({ own, errors }: { own: boolean; errors: readonly FieldError[] }) {
  return (
    <Fieldset id="secret-kind" legend="Token">
      <div class="choices">
        <Choice type="radio" id="secret-make" name="secretKind" value="make" label="Make one for me" checked={!own} />
        <Choice
          type="radio"
          id="secret-own"
          name="secretKind"
          value="own"
          label="Use the one I type"
          checked={own}
          own
        />
      </div>
      <TextField
        id="secret"
        name="secret"
        label="Your own token"
        hint="16 to 256 letters, digits and the characters _ . - Choose one that nobody can guess."
        error={errorOf(errors, "secret")}
        input={{ autocomplete: "off", autocapitalize: "off", spellcheck: "false", class: "code" }}
      />
    </Fieldset>
  );
}
