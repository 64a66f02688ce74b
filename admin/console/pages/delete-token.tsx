import type { TokenView } from "../../registry/types.ts";
import { TextField } from "../parts/fields.tsx";
import { Layout } from "../parts/layout.tsx";
import { ErrorSummary } from "../parts/message.tsx";
import { providerList } from "../words.ts";

interface DeleteTokenPageProps {
  token: TokenView;
  /** What was typed instead of the label; null: nothing yet. */
  typed?: string | null;
}

/** Asks whether a token shall really go. */
export function DeleteTokenPage({ token, typed = null }: DeleteTokenPageProps) {
  const error = typed === null ? null : `Type the label as it is: ${token.label}`;
  const errors = error === null ? [] : [{ field: "label", message: error }];
  return (
    <Layout title={`${error === null ? "" : "Error: "}Delete ${token.label}`} section="tokens">
      <div class="narrow">
        <h1>Delete “{token.label}”?</h1>
        <ErrorSummary errors={errors} idOf={(field) => field} />
        <p>
          The token <code>{token.id}</code> for {providerList(token.providers)} will never work again, for anybody who
          holds it. This can't be undone.
        </p>
        <p>Its lines in the audit log stay, and you may use the label for another token.</p>
        <form method="post" action={`/tokens/${token.id}/delete`}>
          <TextField
            id="label"
            name="label"
            label="Type the label to confirm"
            hint={token.label}
            error={error}
            input={{ value: typed ?? "", autocomplete: "off", required: true }}
          />
          <div class="actions">
            <button class="button danger" type="submit">
              Delete for good
            </button>
            <a class="button quiet" href={`/tokens/${token.id}`}>
              Keep it
            </a>
          </div>
        </form>
      </div>
    </Layout>
  );
}
