import type { GatewayFacts, ProviderFacts } from "../../../shared/control.ts";
import { KEY_SECRETS, type Provider, PROVIDERS } from "../../../shared/providers.ts";
import type { LastChecks } from "../../providers/checking.ts";
import { Copyable } from "../parts/copyable.tsx";
import { KeyTable } from "../parts/key-table.tsx";
import { Layout } from "../parts/layout.tsx";
import { Notice, Warning } from "../parts/message.tsx";
import { Time } from "../parts/time.tsx";
import { PROVIDER_NAMES } from "../words.ts";

interface KeysPageProps {
  /** Null where the gateway doesn't answer. */
  providers: GatewayFacts["providers"] | null;
  checks: LastChecks;
  notice: string | null;
  /** ms since 1970. */
  now: number;
}

const commandOf = (verb: "put" | "delete", provider: Provider): string =>
  `npx wrangler secret ${verb} ${KEY_SECRETS[provider]} -c wrangler.gateway.toml`;

function LastCheck({ check }: { check: { at: number; answers: readonly string[] } | undefined }) {
  if (check === undefined) return null;
  return (
    <div class="after">
      <h3>
        The last check, <Time ms={check.at} />
      </h3>
      {check.answers.length === 0 ? (
        <p>There was no key to check.</p>
      ) : (
        <ul class="plain">
          {check.answers.map((answer) => (
            <li>{answer}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Unusable({ places }: { places: readonly number[] }) {
  if (places.length === 0) return null;
  const which = places.length === 1 ? `Key ${places.join("")} is` : `Keys ${places.join(", ")} are`;
  return (
    <Warning>
      <p>{which} left out: no HTTP header can carry some of its characters. Set the secret again without them.</p>
    </Warning>
  );
}

interface ProviderSectionProps extends Pick<KeysPageProps, "checks" | "now"> {
  provider: Provider;
  facts: ProviderFacts;
}

function ProviderSection({ provider, facts, checks, now }: ProviderSectionProps) {
  const name = PROVIDER_NAMES[provider];
  const { configured, keys, unusable, overridden } = facts;
  return (
    <section class="listed" aria-labelledby={`keys-${provider}`}>
      <h2 id={`keys-${provider}`}>{name}</h2>
      {overridden && <p>A var of the gateway sends its requests to another address than the provider's own.</p>}
      <Unusable places={unusable} />
      {configured ? (
        <>
          <KeyTable name={name} keys={keys} now={now} />
          <form class="after" method="post" action="/keys/check">
            <input type="hidden" name="provider" value={provider} />
            <button class="button" type="submit">
              Check now <span class="unseen">{`the keys of ${name}`}</span>
            </button>
          </form>
        </>
      ) : (
        <p>No key is set, so its holders get a 503.</p>
      )}
      <LastCheck check={checks.get(provider)} />
      <details>
        <summary>{`${configured ? "Add, change or remove" : "Set"} a key of ${name}`}</summary>
        <p>In the folder of the project. It asks for the key, and the gateway has it some seconds later.</p>
        <Copyable name="command" text={commandOf("put", provider)} />
        <p>
          Several keys go into the same secret, parted by commas. To rotate one, set the new one in front of the old
          one, check both here, then set the secret once more without the old one, and revoke that at the provider.
        </p>
        {configured && (
          <>
            <p>To remove all of them:</p>
            <Copyable name="command" text={commandOf("delete", provider)} />
          </>
        )}
      </details>
    </section>
  );
}

/** The provider keys: how each stands, and how they are set. */
export function KeysPage({ providers, checks, notice, now }: KeysPageProps) {
  return (
    <Layout title="Provider keys" section="keys">
      <h1>Provider keys</h1>
      <Notice text={notice} />
      <p>
        The real keys, which only the gateway holds. Nothing of their text is shown anywhere: a fingerprint tells them
        apart. A check lists the provider's models once with each key, which costs nothing.
      </p>
      {providers === null ? (
        <Warning>
          <h2>The gateway doesn't answer</h2>
          <p>It holds the keys, so nothing can be said of them now. Load this page again in a while.</p>
        </Warning>
      ) : (
        PROVIDERS.map((provider) => (
          <ProviderSection provider={provider} facts={providers[provider]} checks={checks} now={now} />
        ))
      )}
    </Layout>
  );
}
