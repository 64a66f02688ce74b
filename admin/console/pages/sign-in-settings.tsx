import type { FieldError } from "../../api/problem.ts";
import { secretCommand, type SignInSettings } from "../../auth/settings.ts";
import { PASSKEY_SCRIPT_PATH } from "../assets.ts";
import { Layout } from "../parts/layout.tsx";
import { Notice } from "../parts/message.tsx";
import { PasskeySection, type ShownPasskey } from "../parts/passkeys.tsx";
import { lengthInWords } from "../sign-in-words.ts";

interface SignInSettingsPageProps {
  settings: SignInSettings;
  passkeys: readonly ShownPasskey[];
  /** The hostname that a new passkey would be for; null: browsers have none at this address. */
  host: string | null;
  /** Whether the proof of who the owner is is fresh enough to add one. */
  fresh: boolean;
  errors: readonly FieldError[];
  notice: string | null;
}

function PasswordSection({ access }: SignInSettings) {
  return (
    <section class="panel">
      <h2>Password</h2>
      <p>
        The value of the secret <code>ADMIN_SECRET</code>. It always works, so a lost phone or passkey locks nobody out
        {access !== null &&
          "; with Cloudflare Access it is asked for only by the API and to prove once more who you are"}
        .
      </p>
      <p>
        Change it where it may have leaked. That signs everyone out at once, and passkeys stop working, since somebody
        may have added one meanwhile.
      </p>
      <pre>
        <code>{secretCommand("put", "ADMIN_SECRET")}</code>
      </pre>
    </section>
  );
}

function CodeSection({ totp }: SignInSettings) {
  return (
    <section class="panel">
      <h2>Code of an authenticator</h2>
      {totp === null ? (
        <p>
          Off. With it, the password alone opens nothing: an app on your phone shows the code that is asked for too.
        </p>
      ) : (
        <>
          <p>On. With the password, the code of your authenticator is asked for. To sign in without it again:</p>
          <pre>
            <code>{secretCommand("delete", "ADMIN_TOTP_SECRET")}</code>
          </pre>
        </>
      )}
      <p>
        <a class="button" href="/settings/sign-in/code">
          {totp === null ? "Set up a code" : "Make a new secret for it"}
        </a>
      </p>
    </section>
  );
}

function AccessSection({ access }: SignInSettings) {
  return (
    <section class="panel">
      <h2>Cloudflare Access</h2>
      {access === null ? (
        <p>
          Off. To have Cloudflare's Zero Trust ask who you are in the place of the password, protect this hostname with
          an Access application. Then set the two variables <code>ACCESS_TEAM_DOMAIN</code> (like{" "}
          <code>https://YOUR-TEAM.cloudflareaccess.com</code>) and <code>ACCESS_AUD</code> (the application's audience
          tag) in <code>wrangler.admin.toml</code>, and deploy.
        </p>
      ) : (
        <p>
          On: only whom <code>{access.teamDomain}</code> lets through gets in, at any address of this admin. Whoever may
          use the application <code>{access.audience.slice(0, 8)}…</code> is the owner here.
        </p>
      )}
    </section>
  );
}

function SessionSection({ idleMs }: SignInSettings) {
  return (
    <section class="panel">
      <h2>Sessions</h2>
      <p>
        A session ends after {lengthInWords(idleMs)} without a request (the variable <code>ADMIN_IDLE_MINUTES</code>, 5
        to 720), and after 12 hours in any case. What reveals a secret, deletes, or changes many things at once asks for
        a proof of who you are that is at most 15 minutes old.
      </p>
      <p>
        <a class="button" href="/sessions">
          See the sessions
        </a>
      </p>
    </section>
  );
}

/** How the owner signs in, and what can be changed about it. */
export function SignInSettingsPage({ settings, passkeys, host, fresh, errors, notice }: SignInSettingsPageProps) {
  return (
    <Layout
      title={errors.length > 0 ? "Error: sign-in" : "Sign-in"}
      section="sign-in"
      script={host === null ? null : PASSKEY_SCRIPT_PATH}
    >
      <h1>Sign-in</h1>
      <Notice text={notice} />
      <PasskeySection passkeys={passkeys} host={host} fresh={fresh} errors={errors} />
      <CodeSection {...settings} />
      <PasswordSection {...settings} />
      <AccessSection {...settings} />
      <SessionSection {...settings} />
    </Layout>
  );
}
