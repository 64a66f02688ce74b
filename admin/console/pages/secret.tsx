import type { TokenView } from "../../registry/types.ts";
import { curlLine } from "../clients.ts";
import { Copyable } from "../parts/copyable.tsx";
import { Layout } from "../parts/layout.tsx";
import { Warning } from "../parts/message.tsx";
import { PROVIDER_NAMES } from "../words.ts";

interface SecretPageProps {
  token: TokenView;
  secret: string;
  /** The gateway's address; null where it isn't known. */
  gateway: string | null;
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

/** Shows a new secret, this once. */
export function SecretPage({ token, secret, gateway }: SecretPageProps) {
  const [provider = "openai"] = token.providers;
  return (
    <Layout title={`Token of ${token.label}`} section="tokens">
      <h1>Here is the token of “{token.label}”</h1>
      <Warning>
        <p>Copy it now: you will not see it again. Doppelgate stores only a hash of it.</p>
      </Warning>
      <section class="panel">
        <h2>Token</h2>
        <Copyable name="token" text={secret} />
        <h2>Base URL</h2>
        <BaseUrl gateway={gateway} />
        <h2>Try it</h2>
        <p>This lists the models of {PROVIDER_NAMES[provider]} and costs nothing.</p>
        <Copyable name="command" text={curlLine(gateway ?? "https://YOUR-GATEWAY", provider, secret)} />
      </section>
      <p>
        <a class="button" href={`/tokens/${token.id}`}>
          Done, I have copied it
        </a>
      </p>
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
        <p>
          <a class="button" href={`/tokens/${token.id}`}>
            To the token, to rotate it
          </a>
        </p>
      </div>
    </Layout>
  );
}
