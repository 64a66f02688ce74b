import type { FieldError } from "../../api/problem.ts";
import type { PolicyView } from "../../registry/types.ts";
import type { FormHelp } from "../form-help.ts";
import type { TokenValues } from "../forms.ts";
import { Layout } from "../parts/layout.tsx";
import { ErrorSummary } from "../parts/message.tsx";
import { Presets } from "../parts/presets.tsx";
import { DefaultButton, SubmitRow } from "../parts/preview.tsx";
import { SecretFields, tokenFieldId, TokenFields } from "../parts/token-fields.tsx";
import type { Preview } from "../preview.ts";

interface NewTokenPageProps {
  values: TokenValues;
  /** What the values mean. */
  preview: Preview;
  /** The named policies, to follow one. */
  policies: readonly PolicyView[];
  help: FormHelp;
  errors: readonly FieldError[];
  /** What stayed as the owner had it when the form was filled anew. */
  kept: readonly string[];
}

/** The form of a new token. */
export function NewTokenPage({ values, preview, policies, help, errors, kept }: NewTokenPageProps) {
  return (
    <Layout title={errors.length > 0 ? "Error: new token" : "New token"} section="tokens">
      <h1>New token</h1>
      <ErrorSummary errors={errors} idOf={tokenFieldId} />
      <form class="panel" method="post" action="/tokens" data-preview="/tokens/preview">
        <DefaultButton>Create token</DefaultButton>
        <Presets path="/tokens/new" current={values.preset} policies={policies} follow={values.follow} kept={kept} />
        <TokenFields values={values} errors={errors} policies={policies} help={help} words={preview.folds} />
        <SecretFields own={values.ownSecret} errors={errors} link={values.linkLife ?? null} />
        <SubmitRow sentence={preview.sentence} button="Create token" previewAt="/tokens/preview">
          <a class="button quiet" href="/tokens">
            Cancel
          </a>
        </SubmitRow>
      </form>
    </Layout>
  );
}
