import type { TokenView } from "../../registry/types.ts";
import { Layout } from "../parts/layout.tsx";
import { providerList } from "../words.ts";

/** Asks whether a token shall really go. */
export function DeleteTokenPage({ token }: { token: TokenView }) {
  return (
    <Layout title={`Delete ${token.label}`} section="tokens">
      <div class="narrow">
        <h1>Delete “{token.label}”?</h1>
        <p>
          The token <code>{token.id}</code> for {providerList(token.providers)} will never work again, for anybody who
          holds it. This can't be undone.
        </p>
        <p>Its lines in the audit log stay, and you may use the label for another token.</p>
        <form class="actions" method="post" action={`/tokens/${token.id}/delete`}>
          <button class="button danger" type="submit">
            Delete for good
          </button>
          <a class="button quiet" href={`/tokens/${token.id}`}>
            Keep it
          </a>
        </form>
      </div>
    </Layout>
  );
}
