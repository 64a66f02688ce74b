import { clientBlocks } from "../../../shared/client-blocks.ts";
import type { Provider } from "../../../shared/providers.ts";
import type { FieldError } from "../../api/problem.ts";
import type { Trial } from "../../handover/trial.ts";
import type { TokenView } from "../../registry/types.ts";
import { ClientBlocks } from "../parts/client-blocks.tsx";
import { Copyable } from "../parts/copyable.tsx";
import { Done } from "../parts/done.tsx";
import { Layout } from "../parts/layout.tsx";
import { Warning } from "../parts/message.tsx";
import { QrCode } from "../parts/qr-code.tsx";
import { TrialForm } from "../parts/trial.tsx";
import { policySentence } from "../policy-sentence.ts";

interface SecretPageProps {
  token: TokenView;
  secret: string;
  /** The gateway's address; null where it isn't known. */
  gateway: string | null;
  /** A model of each provider that the token may use. */
  models: Partial<Record<Provider, string>>;
  /** What a test came to; null: none was made. */
  trial?: Trial | null;
  errors?: readonly FieldError[];
}

function BaseUrl({ gateway }: { gateway: string | null }) {
  if (gateway !== null) return <Copyable name="base URL" text={gateway} />;
  return (
    <p>
      The address of your gateway: the hostname of the Worker <code>doppelgate-gateway</code>. Set the variable{" "}
      <code>GATEWAY_URL</code> of the admin and it stands here.
    </p>
  );
}

/** Why nothing works with a token that was just made or rotated. */
const WORKLESS: Partial<Record<TokenView["status"], string>> = {
  disabled: "The token is disabled: nothing works with it until you enable it.",
  expired: "The token has expired: nothing works with it until you give it a later expiry.",
};

/** The hand-over card: shows a new secret, this once, with all that its holder needs. */
export function SecretPage({ token, secret, gateway, models, trial = null, errors = [] }: SecretPageProps) {
  return (
    <Layout title={`Token of ${token.label}`} section="tokens">
      <h1>Here is the token of “{token.label}”</h1>
      <Warning>
        <p>Copy it now: you will not see it again. Doppelgate stores only a hash of it.</p>
        {WORKLESS[token.status] !== undefined && <p>{WORKLESS[token.status]}</p>}
      </Warning>
      <p>{policySentence(token, token.providers, { ...token, now: Date.now() })}</p>
      <section class="panel handover">
        <div>
          <h2>Token</h2>
          <Copyable name="token" text={secret} />
          <h2>Base URL</h2>
          <BaseUrl gateway={gateway} />
        </div>
        <figure>
          <QrCode name="The token as a QR code" text={secret} />
          <figcaption class="hint">The token alone, for a phone to scan</figcaption>
        </figure>
      </section>
      <section class="panel">
        <h2>Test it now</h2>
        <p class="hint">
          Sends one small, real request through the gateway, as the holder would. It costs a fraction of a cent, and
          counts against the token's limits.
        </p>
        <TrialForm tokenId={token.id} secret={secret} models={models} trial={trial} errors={errors} />
      </section>
      <section class="panel">
        <h2>Set up a client</h2>
        <ClientBlocks blocks={clientBlocks(gateway ?? "https://YOUR-GATEWAY", secret, token.providers, models)} />
      </section>
      <Done tokenId={token.id} />
    </Layout>
  );
}

/** What the same page says from the second time on. */
export function SecretGonePage({ token }: { token: TokenView }) {
  const isLink = token.claim?.state === "open";
  return (
    <Layout title={`Token of ${token.label}`} section="tokens">
      <div class="narrow">
        <h1>{isLink ? "The claim link was shown already" : "The token was shown already"}</h1>
        {isLink && (
          <p>
            A claim link is shown once, right after it was made. If it got lost, make a new one: the old one then dies.
          </p>
        )}
        <p>
          A token is shown once, right after it was made, and Doppelgate stores only a hash of it. If “{token.label}”
          got lost, rotate it: that makes a new secret, and everything else stays.
        </p>
        <div class="actions">
          {isLink ? (
            <a class="button primary" href={`/tokens/${token.id}#claim`}>
              To its claim link
            </a>
          ) : (
            <a class="button primary" href={`/tokens/${token.id}/rotate`}>
              Rotate it …
            </a>
          )}
          <a class="button quiet" href={`/tokens/${token.id}`}>
            To the token
          </a>
        </div>
      </div>
    </Layout>
  );
}
