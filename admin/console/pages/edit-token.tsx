import type { FieldError } from "../../api/problem.ts";
import type { PolicyView, TokenView } from "../../registry/types.ts";
import type { FormHelp } from "../form-help.ts";
import type { TokenValues } from "../forms.ts";
import { Layout } from "../parts/layout.tsx";
import { ErrorSummary } from "../parts/message.tsx";
import { SubmitRow } from "../parts/preview.tsx";
import { tokenFieldId, TokenFields } from "../parts/token-fields.tsx";
import { tokenPreview } from "../preview.ts";

interface EditTokenPageProps {
  token: TokenView;
  values: TokenValues;
  /** The named policies, to follow one. */
  policies: readonly PolicyView[];
  help: FormHelp;
  errors: readonly FieldError[];
  /** ms since 1970. */
  now: number;
}

/** The form of a token that there is: label, providers, expiry, policy and note. */
export function EditTokenPage({ token, values, policies, help, errors, now }: EditTokenPageProps) {
  const { id, label, expiresAt } = token;
  const { sentence, folds } = tokenPreview(values, { now, policies, expiresAt });
  const previewAt = `/tokens/${id}/preview`;
  return (
    <Layout title={`${errors.length > 0 ? "Error: " : ""}Edit ${label}`} section="tokens">
      <p class="back">
        <a href={`/tokens/${id}`}>{label}</a>
      </p>
      <h1>Edit {label}</h1>
      <ErrorSummary errors={errors} idOf={tokenFieldId} />
      <form class="panel" method="post" action={`/tokens/${id}/edit`} data-preview={previewAt}>
        <TokenFields
          values={values}
          errors={errors}
          policies={policies}
          help={help}
          words={folds}
          expiresAt={expiresAt}
        />
        <SubmitRow sentence={sentence} button="Save changes" previewAt={previewAt}>
          <a class="button quiet" href={`/tokens/${id}`}>
            Cancel
          </a>
        </SubmitRow>
      </form>
    </Layout>
  );
}
