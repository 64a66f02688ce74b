import type { FieldError } from "../../api/problem.ts";
import type { PolicyView, TokenView } from "../../registry/types.ts";
import type { FormHelp } from "../form-help.ts";
import type { TokenValues } from "../forms.ts";
import { tokenPreview } from "../preview.ts";
import { errorOf, SelectField } from "./fields.tsx";
import { SubmitRow } from "./preview.tsx";
import { SecretFields, TokenFields } from "./token-fields.tsx";

// What can be done to a token, each on its page as a section of its own.

interface SectionProps {
  token: TokenView;
}

interface FormSectionProps extends SectionProps {
  errors: readonly FieldError[];
}

const GRACES: readonly (readonly [seconds: string, label: string])[] = [
  ["0", "End now"],
  ["3600", "Go on working for 1 hour"],
  ["86400", "Go on working for 1 day"],
  ["604800", "Go on working for 7 days"],
  ["2592000", "Go on working for 30 days"],
];

/** Enable or disable. */
export function SwitchSection({ token }: SectionProps) {
  const disabled = token.status === "disabled";
  const action = disabled ? "enable" : "disable";
  return (
    <section class="panel">
      <h2>{disabled ? "Enable" : "Disable"}</h2>
      <p>
        {disabled
          ? "The token is disabled: every request with it is refused. Enable it to let its holder go on."
          : "Refuses every request with this token, within a second and everywhere, until you enable it again."}
      </p>
      <form method="post" action={`/tokens/${token.id}/${action}`}>
        <button class={disabled ? "button primary" : "button"} type="submit">
          {disabled ? "Enable token" : "Disable token"}
        </button>
      </form>
    </section>
  );
}

/** Ends what is open, without ending the token. */
export function StreamsSection({ token }: SectionProps) {
  return (
    <section class="panel">
      <h2>End open streams</h2>
      <p>
        Cuts off every answer and every socket of this token that is on its way now. New requests are let through as
        before; to stop those too, disable the token: that cuts off the open ones by itself.
      </p>
      <form method="post" action={`/tokens/${token.id}/end-streams`}>
        <button class="button" type="submit">
          End open streams
        </button>
      </form>
    </section>
  );
}

interface EditSectionProps extends FormSectionProps {
  values: TokenValues;
  policies: readonly PolicyView[];
  help: FormHelp;
  /** ms since 1970. */
  now: number;
}

/** Label, providers, expiry, policy and note. */
export function EditSection({ token, values, policies, help, errors, now }: EditSectionProps) {
  const { id, expiresAt } = token;
  const { sentence, folds } = tokenPreview(values, { now, policies, expiresAt });
  return (
    <section class="panel" id="edit">
      <h2>Edit</h2>
      <form method="post" action={`/tokens/${id}`} data-preview={`/tokens/${id}/preview`}>
        <TokenFields
          values={values}
          errors={errors}
          policies={policies}
          help={help}
          words={folds}
          expiresAt={expiresAt}
        />
        <SubmitRow sentence={sentence} button="Save changes" previewAt={`/tokens/${id}/preview`} />
      </form>
    </section>
  );
}

/** A new secret. */
export function RotateSection({ token, errors, own }: FormSectionProps & { own: boolean }) {
  return (
    <section class="panel">
      <h2>Rotate</h2>
      <p>Gives the token a new secret. Its label, providers, expiry and history stay.</p>
      <form method="post" action={`/tokens/${token.id}/rotate`}>
        <SelectField
          id="grace"
          name="graceSeconds"
          label="The secret that works now shall"
          value="0"
          choices={GRACES}
          error={errorOf(errors, "graceSeconds")}
        />
        <SecretFields own={own} errors={errors} />
        <button class="button" type="submit">
          Rotate token
        </button>
      </form>
    </section>
  );
}

/** The way to the confirmation. */
export function DeleteSection({ token }: SectionProps) {
  return (
    <section class="panel">
      <h2>Delete</h2>
      <p>Ends the token for good. It can't be brought back; to stop it for a while, disable it.</p>
      <a class="button danger" href={`/tokens/${token.id}/delete`}>
        Delete token …
      </a>
    </section>
  );
}
