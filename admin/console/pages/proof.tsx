import type { FieldError } from "../../api/problem.ts";
import { PASSKEY_SCRIPT_PATH } from "../assets.ts";
import { CONFIRM_PREFIX } from "../proof-forms.ts";
import { Layout } from "../parts/layout.tsx";
import { ProofFields } from "../parts/proof-fields.tsx";

/** Why a proof is asked for, in the middle of something. */
export type ProofReason = "stale" | "ended";

interface ProofPageProps {
  reason: ProofReason;
  /** Where the form goes: the address of the form that needs the proof. */
  action: string;
  /** What that form does, where it has to be said; null: nothing. */
  waiting: string | null;
  /** That form's own fields, carried along. */
  fields: readonly (readonly [name: string, value: string])[];
  asksForCode: boolean;
  hasPasskeys: boolean;
  /** Whether Cloudflare Access may give the proof too. */
  byAccess: boolean;
  errors: readonly FieldError[];
}

const REASONS: Record<ProofReason, { title: string; words: string; passkeyOptions: string }> = {
  stale: {
    title: "Is it still you?",
    words:
      "You signed in a while ago. What you asked for reveals, deletes, or changes much at once, so prove once more who you are. " +
      "What you entered is kept, and it is done right after.",
    passkeyOptions: "/api/session/confirm/passkey",
  },
  ended: {
    title: "Your session has ended",
    words: "Sign in again to go on. What you entered is kept, and it is done right after.",
    passkeyOptions: "/api/session/passkey",
  },
};

function ByAccess() {
  return (
    <p class="hint">
      Or <a href="/cdn-cgi/access/logout">sign out of Cloudflare Access</a>, sign in there again, and come back: that
      proves it too. What you entered here is lost then.
    </p>
  );
}

/** Asks for a proof of who the owner is, and keeps what was entered before. */
export function ProofPage(props: ProofPageProps) {
  const { reason, action, waiting, fields, asksForCode, hasPasskeys, byAccess, errors } = props;
  const { title, words, passkeyOptions } = REASONS[reason];
  return (
    <Layout
      title={errors.length > 0 ? `Error: ${title}` : title}
      section={null}
      signedIn={reason === "stale"}
      script={hasPasskeys ? PASSKEY_SCRIPT_PATH : null}
    >
      <div class="narrow">
        <h1>{title}</h1>
        <p>{words}</p>
        {waiting !== null && <p>{waiting}</p>}
        <form class="panel" method="post" action={action}>
          {fields.map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <ProofFields
            prefix={CONFIRM_PREFIX}
            asksForCode={asksForCode}
            passkeyOptions={hasPasskeys ? passkeyOptions : null}
            errors={errors}
          />
          <button class="button primary" type="submit">
            Go on
          </button>{" "}
          <a class="button quiet" href="/">
            Leave it
          </a>
        </form>
        {byAccess && <ByAccess />}
      </div>
    </Layout>
  );
}
