import type { FieldError } from "../../api/problem.ts";
import { PASSKEY_SCRIPT_PATH } from "../assets.ts";
import { Layout } from "../parts/layout.tsx";
import { Notice } from "../parts/message.tsx";
import { ProofFields } from "../parts/proof-fields.tsx";

interface SignInPageProps {
  errors: readonly FieldError[];
  notice: string | null;
  /** Where to go on after it. */
  next: string;
  asksForCode: boolean;
  hasPasskeys: boolean;
}

/** The sign-in. */
export function SignInPage({ errors, notice, next, asksForCode, hasPasskeys }: SignInPageProps) {
  return (
    <Layout
      title={errors.length > 0 ? "Error: sign in" : "Sign in"}
      section={null}
      signedIn={false}
      script={hasPasskeys ? PASSKEY_SCRIPT_PATH : null}
    >
      <div class="narrow">
        <h1>Sign in</h1>
        <Notice text={notice} />
        <form class="panel" method="post" action="/sign-in">
          <input type="hidden" name="next" value={next} />
          <ProofFields
            prefix=""
            asksForCode={asksForCode}
            passkeyOptions={hasPasskeys ? "/api/session/passkey" : null}
            errors={errors}
          />
          <button class="button primary" type="submit">
            Sign in
          </button>
        </form>
      </div>
    </Layout>
  );
}

/** What stands in the sign-in's place where Cloudflare Access does it: the session has ended, but Access goes on. */
export function SignedOutOfAccessPage({ name, notice }: { name: string; notice: string | null }) {
  return (
    <Layout title="Signed out" section={null} signedIn={false}>
      <div class="narrow">
        <h1>Signed out</h1>
        <Notice text={notice} />
        <p>
          Cloudflare Access still knows you as <strong>{name}</strong>, so the next page opens a new session.
        </p>
        <p class="actions">
          <a class="button primary" href="/">
            Go on
          </a>
          <a class="button" href="/cdn-cgi/access/logout">
            Sign out of Cloudflare Access too
          </a>
        </p>
      </div>
    </Layout>
  );
}
