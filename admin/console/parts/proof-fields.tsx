import type { FieldError } from "../../api/problem.ts";
import { errorOf, TextField } from "./fields.tsx";

/** Asks for a passkey; where no script runs, or the browser has none, it isn't there. */
function PasskeyButton({ prefix, options, label }: { prefix: string; options: string; label: string }) {
  return (
    <div class="passkey" data-passkey="get" data-options={options} hidden>
      <button class="button" type="button">
        {label}
      </button>
      <output class="error"></output>
      <input type="hidden" name={`${prefix}passkey`} value="" />
      <p class="or">or</p>
    </div>
  );
}

interface ProofFieldsProps {
  /** What the fields' names begin with. */
  prefix: string;
  asksForCode: boolean;
  /** Where the script gets what to ask a passkey; null: there is no passkey. */
  passkeyOptions: string | null;
  errors: readonly FieldError[];
}

/** What the owner shows to prove who they are. */
export function ProofFields({ prefix, asksForCode, passkeyOptions, errors }: ProofFieldsProps) {
  const refusedPasskey = errorOf(errors, "passkey");
  return (
    <>
      {refusedPasskey !== null && (
        <p class="message bad" role="alert">
          {refusedPasskey}
        </p>
      )}
      {passkeyOptions !== null && <PasskeyButton prefix={prefix} options={passkeyOptions} label="Use a passkey" />}
      <TextField
        id={`${prefix}password`}
        name={`${prefix}password`}
        label="Password"
        hint="The value of the secret ADMIN_SECRET."
        error={errorOf(errors, "password")}
        input={{ type: "password", required: true, autocomplete: "current-password" }}
      />
      {asksForCode && (
        <TextField
          id={`${prefix}totp`}
          name={`${prefix}totp`}
          label="Code"
          hint="The six digits that your authenticator shows now. Each works once."
          error={errorOf(errors, "totp")}
          input={{ required: true, autocomplete: "one-time-code", inputmode: "numeric", maxlength: 16, class: "code" }}
        />
      )}
    </>
  );
}
