import type { SetupFault } from "../../auth/settings.ts";
import { Layout } from "../parts/layout.tsx";

function Fault({ fault: { message, command } }: { fault: SetupFault }) {
  return (
    <li>
      <p>{message}</p>
      {command === null ? (
        <p>
          It is a variable: put it right in <code>wrangler.admin.toml</code>, then deploy.
        </p>
      ) : (
        <pre>
          <code>{command}</code>
        </pre>
      )}
    </li>
  );
}

/** Says what in the settings has to be put right before anybody can sign in. */
export function SetupPage({ faults }: { faults: readonly SetupFault[] }) {
  return (
    <Layout title="Set up" section={null} signedIn={false}>
      <div class="narrow">
        <h1>Doppelgate isn't set up yet</h1>
        <p>Nobody can sign in until this is put right:</p>
        <ul class="faults">
          {faults.map((fault) => (
            <Fault fault={fault} />
          ))}
        </ul>
        <p>
          A password should be long and random. For a local run, put the settings into the file <code>.dev.vars</code>{" "}
          instead: <code>ADMIN_SECRET=…</code>
        </p>
        <p>Then load this page again.</p>
      </div>
    </Layout>
  );
}
