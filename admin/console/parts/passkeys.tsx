import type { FieldError } from "../../api/problem.ts";
import type { Passkey } from "../../registry/passkeys.ts";
import { errorOf, TextField } from "./fields.tsx";
import { type Column, Table } from "./table.tsx";
import { Time } from "./time.tsx";

/** A passkey, and whether it was added under the `ADMIN_SECRET` of today. */
export interface ShownPasskey extends Passkey {
  works: boolean;
}

const COLUMNS: readonly Column<ShownPasskey>[] = [
  {
    title: "Passkey",
    cell: ({ id, name, host, works }) => (
      <>
        <a href={`/settings/sign-in/passkeys/${id}`}>{name}</a>
        <span class="sub">For {host}</span>
        {!works && <span class="badge expired">Stopped</span>}
      </>
    ),
  },
  { title: "Added", cell: ({ createdAt }) => <Time ms={createdAt} /> },
  { title: "Last used", cell: ({ lastUsedAt }) => (lastUsedAt === null ? "Never" : <Time ms={lastUsedAt} />) },
  { title: "Kept", cell: ({ backedUp }) => (backedUp ? "In a keychain that is backed up" : "On one device") },
];

/** The form that adds a passkey: its button is there where scripts run, since only they can ask for one. */
function AddForm({ host, fresh, errors }: { host: string; fresh: boolean; errors: readonly FieldError[] }) {
  if (!fresh) {
    return (
      <p>
        <a class="button" href="/confirm?next=%2Fsettings%2Fsign-in">
          Prove who you are, to add one
        </a>
      </p>
    );
  }
  return (
    <form method="post" action="/settings/sign-in/passkeys">
      <TextField
        id="passkey-name"
        name="name"
        label="Name of a new passkey"
        hint={`What you call the device. The passkey will open ${host} and no other address.`}
        error={errorOf(errors, "name")}
        input={{ required: true, maxlength: 60, autocomplete: "off" }}
      />
      <div class="passkey" data-passkey="create" data-options="/api/passkeys/options" hidden>
        <button class="button primary" type="button">
          Add a passkey
        </button>
        <output class="error"></output>
        <input type="hidden" name="response" value="" />
      </div>
      <noscript>
        <p class="hint">Adding a passkey needs scripts in your browser. Everything else here works without.</p>
      </noscript>
    </form>
  );
}

interface PasskeySectionProps {
  passkeys: readonly ShownPasskey[];
  host: string | null;
  fresh: boolean;
  errors: readonly FieldError[];
}

/** The passkeys, and adding one. */
export function PasskeySection({ passkeys, host, fresh, errors }: PasskeySectionProps) {
  const refused = errorOf(errors, "form");
  const stopped = passkeys.some(({ works }) => !works);
  return (
    <section class="panel">
      <h2>Passkeys</h2>
      {refused !== null && (
        <p class="message bad" role="alert">
          {refused}
        </p>
      )}
      <p>
        A passkey opens the admin in the place of the password and its code: the fingerprint, face or PIN of your
        device.
      </p>
      {stopped && (
        <p class="message warn">
          What is marked as stopped was added before <code>ADMIN_SECRET</code> was changed, and opens nothing. If it is
          yours, remove it and add it again.
        </p>
      )}
      {passkeys.length > 0 && <Table caption="Passkeys, the oldest first" columns={COLUMNS} rows={passkeys} />}
      {host === null ? (
        <p>
          Browsers have no passkeys at this address. Open the admin at https:// and a hostname, or at{" "}
          <code>http://localhost</code>.
        </p>
      ) : (
        <AddForm host={host} fresh={fresh} errors={errors} />
      )}
    </section>
  );
}
