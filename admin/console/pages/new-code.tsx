import { secretCommand } from "../../auth/settings.ts";
import type { TotpSecret } from "../../auth/totp.ts";
import { Copyable } from "../parts/copyable.tsx";
import { TextField } from "../parts/fields.tsx";
import { Layout } from "../parts/layout.tsx";
import { Warning } from "../parts/message.tsx";
import { QrCode } from "../parts/qr-code.tsx";

interface NewCodePageProps {
  secret: TotpSecret;
  /** Whether the code that was tried is right; null: none was. */
  right: boolean | null;
  /** Whether a code is asked for already. */
  isOn: boolean;
}

/** In fours, as people read it. */
const spaced = (base32: string): string => base32.replaceAll(/(.{4})(?=.)/g, "$1 ");

function TrySection({ secret, right }: Omit<NewCodePageProps, "isOn">) {
  const wrong =
    "This isn't the code of now. Take the next one that the app shows, and look at the clock of your phone.";
  return (
    <form class="panel" method="post" action="/settings/sign-in/code">
      <h2>2. Try a code</h2>
      {right === true && <output class="message good">The code is right: your authenticator has the secret.</output>}
      <input type="hidden" name="secret" value={secret.base32} />
      <TextField
        id="totp"
        name="totp"
        label="Code"
        hint="The six digits that the app shows now. Trying one changes nothing yet."
        error={right === false ? wrong : null}
        input={{ required: true, autocomplete: "one-time-code", inputmode: "numeric", maxlength: 16, class: "code" }}
      />
      <button class="button" type="submit">
        Try it
      </button>
    </form>
  );
}

/** Makes a secret for an authenticator. Nothing of it is stored: only the owner can, as a secret of the Worker. */
export function NewCodePage({ secret, right, isOn }: NewCodePageProps) {
  return (
    <Layout title={right === false ? "Error: set up a code" : "Set up a code"} section="sign-in">
      <p class="back">
        <a href="/settings/sign-in">Sign-in</a>
      </p>
      <h1>{isOn ? "Make a new secret for the code" : "Set up a code"}</h1>
      <Warning>
        <p>
          This secret was made for this page alone and is stored nowhere. Load the page again and there is another one
          {isOn && "; until you set it, the one that you have goes on working"}.
        </p>
      </Warning>
      <section class="panel">
        <h2>1. Put it into an authenticator app</h2>
        <p>Scan this with the app on your phone, or type the secret there: time-based, six digits, 30 seconds.</p>
        <QrCode name="QR code of the secret, for an authenticator app" text={secret.uri} />
        <Copyable name="secret" text={spaced(secret.base32)} />
      </section>
      <TrySection secret={secret} right={right} />
      <section class="panel">
        <h2>3. Switch it on</h2>
        <p>Run this in the project's folder, and paste the secret where it asks for the value:</p>
        <Copyable name="command" text={secretCommand("put", "ADMIN_TOTP_SECRET")} />
        <p>
          From then on the sign-in asks for a code. If the phone gets lost, the same command with <code>delete</code> in
          the place of <code>put</code> switches it off.
        </p>
      </section>
    </Layout>
  );
}
