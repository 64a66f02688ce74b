import { type RequestEntry, tokensOf } from "../../../shared/usage.ts";
import { dollars, number, span } from "../amounts.ts";
import { outcomeOf } from "../usage-words.ts";
import { PROVIDER_NAMES } from "../words.ts";
import { type Column, Table } from "./table.tsx";
import { Time } from "./time.tsx";

function What({ endpoint, route, model, provider }: RequestEntry) {
  return (
    <>
      <span class="label">{model ?? endpoint ?? "No model named"}</span>
      <span class="sub">
        {[provider === null ? null : PROVIDER_NAMES[provider], endpoint ?? route].filter(Boolean).join(" · ")}
      </span>
    </>
  );
}

function Outcome({ entry }: { entry: RequestEntry }) {
  return (
    <>
      <span class={entry.error === null ? "badge active" : "badge expired"}>{String(entry.status)}</span>
      <span class="sub">{outcomeOf(entry)}</span>
    </>
  );
}

function Used({ counts }: RequestEntry) {
  if (counts === null || (tokensOf(counts) === 0 && counts.audioSeconds === 0)) return <>–</>;
  return (
    <>
      {number(counts.input)} in, {number(counts.output)} out
      {counts.cacheRead > 0 && <span class="sub">{number(counts.cacheRead)} from a cache</span>}
      {counts.audioSeconds > 0 && <span class="sub">{number(counts.audioSeconds)} s of audio</span>}
    </>
  );
}

function Cost({ micros, counts, estimated }: RequestEntry) {
  if (micros === null) return <>{counts === null ? "–" : "Unpriced"}</>;
  return (
    <>
      {dollars(micros)}
      {estimated && <span class="sub">Estimate</span>}
    </>
  );
}

function Latency({ ttfbMs, durationMs }: RequestEntry) {
  return (
    <>
      {span(durationMs)}
      {ttfbMs !== null && <span class="sub">First byte {span(ttfbMs)}</span>}
    </>
  );
}

const COLUMNS: readonly Column<RequestEntry>[] = [
  { title: "When", cell: ({ at }) => <Time ms={at} /> },
  { title: "What", cell: (entry) => <What {...entry} /> },
  { title: "Outcome", cell: (entry) => <Outcome entry={entry} /> },
  { title: "Tokens", numeric: true, cell: (entry) => <Used {...entry} /> },
  { title: "Spend", numeric: true, cell: (entry) => <Cost {...entry} /> },
  { title: "Took", numeric: true, cell: (entry) => <Latency {...entry} /> },
];

/** Requests of a token: what was asked, how it ended, what it used. */
export function RequestList({ entries }: { entries: readonly RequestEntry[] }) {
  return <Table caption="Requests, newest first" columns={COLUMNS} rows={entries} />;
}
