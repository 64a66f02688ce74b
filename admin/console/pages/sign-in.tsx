import type { FieldError } from "../../api/problem.ts";
import { errorOf, TextField } from "../parts/fields.tsx";
import { Layout } from "../parts/layout.tsx";
import { Notice } from "../parts/message.tsx";

interface SignInPageProps {
  errors?: readonly FieldError[];
  notice?: string | null;
}

/** The sign-in. */
export function SignInPage({ errors = [], notice = null }: SignInPageProps) {
  return (
    <Layout title={errors.length > 0 ? "Error: sign in" : "Sign in"} section={null} signedIn={false}>
      <div class="narrow">
        <h1>Sign in</h1>
        <Notice text={notice} />
        <form class="panel" method="post" action="/sign-in">
          <TextField
            id="password"
            name="password"
            label="Password"
            hint="The value of the secret ADMIN_SECRET."
            error={errorOf(errors, "password")}
            input={{ type: "password", required: true, autocomplete: "current-password" }}
          />
          <button class="button primary" type="submit">
            Sign in
          </button>
        </form>
      </div>
    </Layout>
  );
}
