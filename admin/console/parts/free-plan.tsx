import type { Settings } from "../../settings/reading.ts";
import { number } from "../amounts.ts";
import { type Column, Table } from "./table.tsx";

/** What Cloudflare's free plan gives an account. */
interface Limit {
  name: string;
  limit: string;
  /** What is known of today; null: only Cloudflare's dashboard tells. */
  used: (settings: Settings) => number | null;
}

// developers.cloudflare.com: Workers, KV and Durable Objects, Limits and Pricing. Days are UTC.
const LIMITS: readonly Limit[] = [
  { name: "KV writes a day", limit: "1,000", used: ({ registry }) => registry.kv.writes },
  { name: "KV deletes a day", limit: "1,000", used: ({ registry }) => registry.kv.deletes },
  {
    name: "Requests to Workers a day, those to the console too",
    limit: "100,000",
    used: ({ requestsToday }) => requestsToday,
  },
  { name: "Requests to Durable Objects a day", limit: "100,000", used: () => null },
  { name: "Rows that Durable Objects write a day", limit: "100,000", used: () => null },
  { name: "Rows that Durable Objects read a day", limit: "5,000,000", used: () => null },
  { name: "Storage of all Durable Objects", limit: "5 GB", used: () => null },
  { name: "CPU time of a request to a Worker", limit: "10 ms", used: () => null },
];

const columns = (settings: Settings): readonly Column<Limit>[] => [
  { title: "Limit", cell: ({ name }) => <span class="label">{name}</span> },
  { title: "Free plan", numeric: true, cell: ({ limit }) => limit },
  {
    title: "Today",
    numeric: true,
    cell: ({ used }) => {
      const count = used(settings);
      return count === null ? "–" : number(count);
    },
  },
];

/** The limits of the free plan, and what of them is known to be used. */
export function FreePlan({ settings }: { settings: Settings }) {
  return (
    <section class="listed">
      <h2>Limits of Cloudflare's free plan</h2>
      <p>
        Of today, UTC, as far as Doppelgate knows: its own calls to KV, and the requests of tokens. The rest stands in
        Cloudflare's dashboard. A paid plan has other limits. Where KV takes no more, changes still count at once: the
        gateway's guards know them, and KV is told later.
      </p>
      <Table caption="Limits of the free plan" columns={columns(settings)} rows={LIMITS} />
    </section>
  );
}
