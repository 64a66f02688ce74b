import type { FieldError } from "../../api/problem.ts";
import { PROVIDERS } from "../../../shared/providers.ts";
import type { PolicyName } from "../../../shared/record.ts";
import { LINK_LIVES, USUAL_LINK_LIFE } from "../claim-forms.ts";
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
  claim: "link-life",
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

interface SecretFieldsProps {
  own: boolean;
  errors: readonly FieldError[];
  /** What the form shows of the choice of a claim link: how long it lives, null where it isn't chosen; left out: no choice. */
  link?: string | null;
}

/**
 * Whether Doppelgate makes the secret, whoever opens a claim link does, or the owner types one. What was typed is never
 * written back into the page.
 */
export function SecretFields({ own, errors, link }: SecretFieldsProps) {
  const isLink = typeof link === "string";
  const make = link === undefined ? "Make one for me" : "Make one and show it to me, once";
  return (
    <Fieldset id="secret-kind" legend="Token">
      <div class="choices">
        <Choice type="radio" id="secret-make" name="secretKind" value="make" label={make} checked={!own && !isLink} />
        {link !== undefined && (
          <Choice
            type="radio"
            id="secret-claim"
            name="secretKind"
            value="claim"
            label="Make a claim link: whoever opens it first gets the token, and nobody else ever sees it"
            checked={isLink}
          />
        )}
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
      {link !== undefined && (
        <SelectField
          id="link-life"
          name="linkLife"
          label="The claim link works for"
          error={errorOf(errors, "claim")}
          value={link ?? USUAL_LINK_LIFE}
          choices={LINK_LIVES}
        />
      )}
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
