import { isProvider } from "../../../shared/providers.ts";
import {
  COUNT_NAMES,
  ERROR_KINDS,
  type UsageGroup,
  type UsageGroupRow,
  type UsageReport,
} from "../../../shared/usage.ts";
import { meanOf } from "../../usage/amounts.ts";
import type { Labels } from "../../usage/labels.ts";
import { counted, dollars, number, span } from "../amounts.ts";
import { COUNT_WORDS, ERROR_WORDS, GROUP_NAMES } from "../usage-words.ts";
import { PROVIDER_NAMES } from "../words.ts";
import { type Column, Table } from "./table.tsx";

type Sums = UsageReport["total"];

/** How many of the requests were no success. */
export const failed = ({ errors }: Pick<Sums, "errors">): number =>
  ERROR_KINDS.reduce((sum, kind) => sum + errors[kind], 0);

/** What a row is of, as text. */
export function nameOf({ key }: Pick<UsageGroupRow, "key">, group: UsageGroup, labels: Labels): string {
  if (group === "token") return labels.get(key) ?? key;
  if (group === "provider" && isProvider(key)) return PROVIDER_NAMES[key];
  return key === "" ? "No model named" : key;
}

/** Money with what has to be known about it: that parts are estimates, or have no price. */
export function Money({ micros, estimated, unpriced }: Pick<Sums, "micros" | "estimated" | "unpriced">) {
  return (
    <>
      {estimated > 0 && <abbr title={`${counted(estimated, "request")} estimated`}>≈</abbr>}
      {dollars(micros)}
      {unpriced > 0 && <span class="sub">{number(unpriced)} unpriced</span>}
    </>
  );
}

function Errors({ row }: { row: Sums }) {
  const kinds = ERROR_KINDS.filter((kind) => row.errors[kind] > 0);
  if (kinds.length === 0) return <>0</>;
  return (
    <>
      {number(failed(row))}
      {kinds.map((kind) => (
        <span class="sub">{`${ERROR_WORDS[kind]}: ${number(row.errors[kind])}`}</span>
      ))}
    </>
  );
}

function Key({ row, group, labels }: { row: UsageGroupRow; group: UsageGroup; labels: Labels }) {
  const name = nameOf(row, group, labels);
  if (group === "token") {
    return (
      <a class="label" href={`/tokens/${encodeURIComponent(row.key)}`}>
        {name}
      </a>
    );
  }
  return (
    <>
      <span class="label">{name}</span>
      {row.provider !== null && <span class="sub">{PROVIDER_NAMES[row.provider]}</span>}
    </>
  );
}

const NUMBERS: readonly Column<UsageGroupRow>[] = [
  { title: "Spend", numeric: true, cell: (row) => <Money {...row} /> },
  { title: "Requests", numeric: true, cell: ({ requests }) => number(requests) },
  { title: "No success", numeric: true, cell: (row) => <Errors row={row} /> },
  {
    title: "Tokens in",
    numeric: true,
    cell: ({ counts }) => (
      <>
        {number(counts.input)}
        {counts.cacheRead > 0 && <span class="sub">{number(counts.cacheRead)} from a cache</span>}
      </>
    ),
  },
  { title: "Tokens out", numeric: true, cell: ({ counts }) => number(counts.output) },
  { title: "First byte", numeric: true, cell: ({ ttfbMs, timed }) => span(meanOf(ttfbMs, timed)) },
  { title: "Duration", numeric: true, cell: ({ durationMs, requests }) => span(meanOf(durationMs, requests)) },
];

interface UsageTableProps {
  rows: readonly UsageGroupRow[];
  group: UsageGroup;
  labels: Labels;
}

/** Usage, a row for each group. */
export function UsageTable({ rows, group, labels }: UsageTableProps) {
  const [, title] = GROUP_NAMES[group];
  const key = { title, cell: (row: UsageGroupRow) => <Key row={row} group={group} labels={labels} /> };
  return <Table caption={`Usage by ${group}`} columns={[key, ...NUMBERS]} rows={rows} />;
}

/** All that was counted, of every kind that there is any of. */
export function Counts({ counts }: Pick<Sums, "counts">) {
  const kinds = COUNT_NAMES.filter((name) => counts[name] > 0);
  if (kinds.length === 0) return null;
  return (
    <details>
      <summary>Every kind that was counted</summary>
      <dl class="facts">
        {kinds.map((name) => (
          <div>
            <dt>{COUNT_WORDS[name]}</dt>
            <dd>{number(counts[name])}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
