import { Copyable } from "../parts/copyable.tsx";
import { Layout } from "../parts/layout.tsx";
import { Warning } from "../parts/message.tsx";

/** Shows a new webhook's signing secret, this once; null: it was shown already. */
export function WebhookSecretPage({ secret }: { secret: string | null }) {
  return (
    <Layout title="Signing secret" section="webhooks">
      <h1>{secret === null ? "The secret was shown already" : "Here is the webhook's signing secret"}</h1>
      {secret === null ? (
        <p>
          It is shown once, right after it was made. If it got lost, make a new one on the webhook's page: for 24 hours
          both are signed with.
        </p>
      ) : (
        <>
          <Warning>
            <p>Copy it now: you will not see it again.</p>
          </Warning>
          <section class="panel">
            <Copyable name="signing secret" text={secret} />
            <p>
              The receiver checks each event's signature with it, by the rules of Standard Webhooks: the headers{" "}
              <code>webhook-id</code>, <code>webhook-timestamp</code> and <code>webhook-signature</code>.
            </p>
          </section>
        </>
      )}
      <p>
        <a class="button" href="/webhooks">
          {secret === null ? "To the webhooks" : "Done, I have copied it"}
        </a>
      </p>
    </Layout>
  );
}
