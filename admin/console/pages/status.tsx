import type { Child } from "hono/jsx";
import type { KeyFacts, ProviderFacts } from "../../../shared/control.ts";
import { PROVIDERS } from "../../../shared/providers.ts";
import type { Status } from "../../status.ts";
import { Fact } from "../parts/fact.tsx";
import { Layout } from "../parts/layout.tsx";
import { Notice } from "../parts/message.tsx";
import { Time } from "../parts/time.tsx";
import { RebuildSection } from "../parts/rebuild.tsx";
import { PROVIDER_NAMES, STATUS_NAMES } from "../words.ts";

const Good = ({ children }: { children?: Child }) => <span class="badge active">{children}</span>;
const Bad = ({ children }: { children?: Child }) => <span class="badge expired">{children}</span>;

/** Says where a rejected key stands in the secret, since nothing of it may be shown. */
function Rejected({ keys, rejectedAt }: { keys: readonly KeyFacts[]; rejectedAt: number }) {
  const places = keys.flatMap((key) => (key.rejectedAt === null ? [] : [String(key.place)]));
  if (keys.length === places.length)
    return (
      <>
        <Bad>{keys.length === 1 ? "Key rejected" : `All ${keys.length} keys rejected`}</Bad> by the provider, last on{" "}
        <Time ms={rejectedAt} />. Holders get a 503. Make a new key and set it as the gateway's secret.
      </>
    );
  return (
    <>
      <Bad>{`${keys.length} keys, ${places.length} rejected`}</Bad> by the provider, last on <Time ms={rejectedAt} />:
      number {places.join(" and ")} in the gateway's secret. The others serve its tokens.
    </>
  );
}

function Keys({ facts: { configured, rejectedAt, keys } }: { facts: ProviderFacts }) {
  if (!configured) return <Bad>No key</Bad>;
  if (rejectedAt !== null) return <Rejected keys={keys} rejectedAt={rejectedAt} />;
  return <Good>{keys.length > 1 ? `${keys.length} keys are set` : "Key is set"}</Good>;
}

function Answers({ status }: { status: Status }) {
  const { gateway, kv } = status;
  return (
    <section class="panel">
      <h2>What answers</h2>
      <dl class="facts">
        <Fact name="Gateway">{gateway.reachable ? <Good>Answers</Good> : <Bad>Doesn't answer</Bad>}</Fact>
        <Fact name="KV">{kv.reachable ? <Good>Answers</Good> : <Bad>Doesn't answer</Bad>}</Fact>
        {PROVIDERS.map((provider) => (
          <Fact name={PROVIDER_NAMES[provider]}>
            {gateway.providers === null && "Not known: the gateway doesn't answer"}
            {gateway.providers !== null && <Keys facts={gateway.providers[provider]} />}
          </Fact>
        ))}
      </dl>
      <p class="lone">
        <a href="/keys">More about the provider keys</a>
      </p>
    </section>
  );
}

function Counts({ status }: { status: Status }) {
  const { tokens, pending } = status;
  const states = ["active", "disabled", "expired", "deleted"] as const;
  return (
    <section class="panel">
      <h2>Tokens</h2>
      <dl class="facts">
        {states.map((state) => (
          <Fact name={STATUS_NAMES[state]}>{String(tokens[state])}</Fact>
        ))}
        <Fact name="Not confirmed by the gateway">{String(pending.gateway)}</Fact>
        <Fact name="Not yet stored in KV">{String(pending.kv)}</Fact>
        {pending.settings > 0 && <Fact name="Settings not yet stored in KV">{String(pending.settings)}</Fact>}
      </dl>
      {pending.gateway + pending.kv + pending.settings > 0 && (
        <p>Doppelgate goes on trying by itself until all is published.</p>
      )}
    </section>
  );
}

/** How the whole stands. */
export function StatusPage({ status, notice }: { status: Status; notice: string | null }) {
  return (
    <Layout title="Status" section="status">
      <h1>Status</h1>
      <Notice text={notice} />
      <Answers status={status} />
      <Counts status={status} />
      <RebuildSection report={status.rebuild} />
      <p class="hint">
        Doppelgate {status.version}. <a href="/settings">Settings</a>
      </p>
    </Layout>
  );
}
