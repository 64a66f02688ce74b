import type { SpanTotals } from "../../../shared/usage.ts";
import type { ComparedTotals, Numbers } from "../../overview/reading.ts";
import { COMPARED, type ComparedName } from "../../overview/spans.ts";
import { counted, dollars, number } from "../amounts.ts";
import { changeWords, COMPARED_WORDS, percentWords } from "../overview-words.ts";
import { type Column, Table } from "./table.tsx";

interface Row extends ComparedTotals {
  name: ComparedName;
}

const Change = ({ row, of, write }: { row: Row; of: keyof SpanTotals; write: (value: number) => string }) => (
  <span class="sub">{changeWords(row.used[of], row.usedBefore[of], write)}</span>
);

const shareOf = ({ errors, requests }: SpanTotals): string => percentWords(requests === 0 ? 0 : errors / requests);

function Spend({ row }: { row: Row }) {
  const { micros, unpriced } = row.used;
  return (
    <>
      {dollars(micros)}
      {unpriced > 0 && <span class="sub">without {counted(unpriced, "unpriced request")}</span>}
      <Change row={row} of="micros" write={dollars} />
    </>
  );
}

function Errors({ row: { used, usedBefore } }: { row: Row }) {
  if (used.requests === 0 && usedBefore.requests === 0) return <>0</>;
  return (
    <>
      {number(used.errors)}
      <span class="sub">
        {shareOf(used)} of requests{usedBefore.requests > 0 && `, before ${shareOf(usedBefore)}`}
      </span>
    </>
  );
}

const COLUMNS: readonly Column<Row>[] = [
  {
    title: "Span",
    cell: ({ name }) => (
      <>
        <span class="label">{COMPARED_WORDS[name][0]}</span>
        <span class="sub">{COMPARED_WORDS[name][1]}</span>
      </>
    ),
  },
  { title: "Spend", numeric: true, cell: (row) => <Spend row={row} /> },
  {
    title: "Requests",
    numeric: true,
    cell: (row) => (
      <>
        {number(row.used.requests)}
        <Change row={row} of="requests" write={number} />
      </>
    ),
  },
  { title: "Errors", numeric: true, cell: (row) => <Errors row={row} /> },
  {
    title: "Tokens used",
    numeric: true,
    cell: (row) => (
      <>
        {number(row.used.usedTokens)}
        <Change row={row} of="usedTokens" write={number} />
      </>
    ),
  },
];

/** What was used today, this week and this month, beside the spans before. */
export function NumbersTable({ numbers }: { numbers: Numbers }) {
  const rows = COMPARED.map((name): Row => ({ name, ...numbers[name] }));
  return (
    <div class="numbers">
      <Table caption="Used today, this week and this month" columns={COLUMNS} rows={rows} />
      {rows.some(({ used }) => used.unpriced > 0) && (
        <p class="hint">
          Some requests used a model without a known price; what they cost isn't in the spend.{" "}
          <a href="/usage?group=model">See which, and add their prices</a>
        </p>
      )}
    </div>
  );
}
