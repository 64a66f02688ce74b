import type { KeyFacts } from "../../../shared/control.ts";
import { type Column, Table } from "./table.tsx";
import { Time } from "./time.tsx";

function Standing({ facts, now }: { facts: KeyFacts; now: number }) {
  const { rejectedAt, throttledUntil, lastUsedAt } = facts;
  if (rejectedAt !== null) {
    return (
      <>
        <span class="badge expired">Rejected</span>
        <span class="sub">
          Last on <Time ms={rejectedAt} />
        </span>
      </>
    );
  }
  if (throttledUntil !== null && throttledUntil > now) {
    return (
      <>
        <span class="badge pending">Throttled</span>
        <span class="sub">
          Until <Time ms={throttledUntil} />
        </span>
      </>
    );
  }
  return lastUsedAt === null ? <span class="badge">Not used yet</span> : <span class="badge active">Accepted</span>;
}

function LastError({ lastError }: Pick<KeyFacts, "lastError">) {
  if (lastError === null) return <>None</>;
  const { at, status, code } = lastError;
  return (
    <>
      {`Status ${status}`}
      {code !== null && (
        <>
          {" "}
          <code class="address">{code}</code>
        </>
      )}
      <span class="sub">
        <Time ms={at} />
      </span>
    </>
  );
}

const columns = (now: number): readonly Column<KeyFacts>[] => [
  { title: "Key", cell: ({ place }) => <span class="label">{`Number ${place}`}</span> },
  { title: "Fingerprint", cell: ({ fingerprint }) => <code>{fingerprint}</code> },
  { title: "State", cell: (facts) => <Standing facts={facts} now={now} /> },
  {
    title: "Last used",
    cell: ({ lastUsedAt }) => (lastUsedAt === null ? "Never" : <Time ms={lastUsedAt} />),
  },
  { title: "Last error", cell: ({ lastError }) => <LastError lastError={lastError} /> },
];

/** The keys of a provider, by their place in the secret. `now`: ms since 1970. */
export function KeyTable({ name, keys, now }: { name: string; keys: readonly KeyFacts[]; now: number }) {
  return <Table caption={`Keys of ${name}, in the order of the secret`} columns={columns(now)} rows={keys} />;
}
