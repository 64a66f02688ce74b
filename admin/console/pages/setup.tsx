import { Layout } from "../parts/layout.tsx";

/** Says how to set the missing secret. */
export function SetupPage({ minLength, command }: { minLength: number; command: string }) {
  return (
    <Layout title="Set up" section={null} signedIn={false}>
      <div class="narrow">
        <h1>Doppelgate isn't set up yet</h1>
        <p>
          The secret <code>ADMIN_SECRET</code> is missing or shorter than {minLength} characters, so nobody can sign in.
        </p>
        <p>Choose a long random password and set it:</p>
        <pre>
          <code>{command}</code>
        </pre>
        <p>
          For a local run, put it into the file <code>.dev.vars</code> instead: <code>ADMIN_SECRET=…</code>
        </p>
        <p>Then load this page again.</p>
      </div>
    </Layout>
  );
}
