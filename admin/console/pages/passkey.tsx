import type { FieldError } from "../../api/problem.ts";
import type { Passkey } from "../../registry/passkeys.ts";
import { errorOf, TextField } from "../parts/fields.tsx";
import { Layout } from "../parts/layout.tsx";

interface PasskeyPageProps {
  passkey: Passkey;
  /** What was entered. */
  name: string;
  errors: readonly FieldError[];
}

/** One passkey: its name, and taking it away. */
export function PasskeyPage({ passkey, name, errors }: PasskeyPageProps) {
  const path = `/settings/sign-in/passkeys/${passkey.id}`;
  return (
    <Layout title={errors.length > 0 ? "Error: passkey" : `Passkey ${passkey.name}`} section="sign-in">
      <div class="narrow">
        <p class="back">
          <a href="/settings/sign-in">Sign-in</a>
        </p>
        <h1>Passkey “{passkey.name}”</h1>
        <form class="panel" method="post" action={path}>
          <TextField
            id="name"
            name="name"
            label="Name"
            error={errorOf(errors, "name")}
            input={{ value: name, required: true, maxlength: 60, autocomplete: "off" }}
          />
          <button class="button primary" type="submit">
            Rename
          </button>
        </form>
        <form class="panel" method="post" action={`${path}/remove`}>
          <h2>Remove it</h2>
          <p>
            It opens {passkey.host} no more, at once. Sessions that it opened go on until you end them. The password
            goes on working.
          </p>
          <button class="button danger" type="submit">
            Remove “{passkey.name}”
          </button>
        </form>
      </div>
    </Layout>
  );
}
