import { totalAt } from "./stack.ts";
import type { StackedChartProps } from "./stacked-chart.tsx";
import { Table } from "./table.tsx";

interface StackTableProps extends Pick<StackedChartProps, "title" | "steps" | "keys" | "write"> {
  /** Heading of the steps' column. */
  stepTitle: string;
}

/** The numbers of a stacked chart, the newest step first. Steps without any are left out. */
export function StackTable({ title, steps, keys, write, stepTitle }: StackTableProps) {
  const rows = steps
    .map(({ name }, step) => ({ name, step, total: totalAt(keys, step) }))
    .filter(({ total }) => total > 0);
  const ofKeys = keys.map(({ name, values }) => ({
    title: name,
    numeric: true,
    cell: ({ step }: (typeof rows)[number]) => write(values[step] ?? 0),
  }));
  return (
    <Table
      caption={title}
      columns={[
        { title: stepTitle, cell: ({ name }) => name },
        { title: "In all", numeric: true, cell: ({ total }) => write(total) },
        ...ofKeys,
      ]}
      rows={rows.toReversed()}
    />
  );
}
