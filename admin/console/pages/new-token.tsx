import type { PolicyName } from "../../../shared/record.ts";
import type { FieldError } from "../../api/problem.ts";
import type { TokenValues } from "../forms.ts";
import { Layout } from "../parts/layout.tsx";
import { ErrorSummary } from "../parts/message.tsx";
import { SecretFields, tokenFieldId, TokenFields } from "../parts/token-fields.tsx";

interface NewTokenPageProps {
  values: TokenValues;
  /** The named policies, to follow one. */
  policies: readonly PolicyName[];
  errors?: readonly FieldError[];
}

/** The form of a new token. */
export function NewTokenPage({ values, policies, errors = [] }: NewTokenPageProps) {
  return (
    <Layout title={errors.length > 0 ? "Error: new token" : "New token"} section="tokens">
      <h1>New token</h1>
      <ErrorSummary errors={errors} idOf={tokenFieldId} />
      <form class="panel" method="post" action="/tokens">
        <TokenFields values={values} errors={errors} policies={policies} mayKeep={false} />
        <SecretFields own={values.ownSecret} errors={errors} link={values.linkLife ?? null} />
        <div class="actions">
          <button class="button primary" type="submit">
            Create token
          </button>
          <a class="button quiet" href="/tokens">
            Cancel
          </a>
        </div>
      </form>
    </Layout>
  );
}
