import type { Child } from "hono/jsx";

/** One column: its heading and how a row's cell is made. */
export interface Column<Row> {
  title: string;
  cell: (row: Row) => Child;
  /** Whether its cells are numbers, to be read one below the other. */
  numeric?: boolean;
}

interface TableProps<Row> {
  /** Says what the table lists, for screen readers. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
}

/** A table; on a narrow screen each row is a card, in which every cell carries its column's title. */
export function Table<Row>({ caption, columns, rows }: TableProps<Row>) {
  return (
    <table>
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ title, numeric }) => (
            <th scope="col" class={numeric === true ? "number" : undefined}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr>
            {columns.map(({ title, cell, numeric }) => (
              <td data-title={title} class={numeric === true ? "number" : undefined}>
                <div>{cell(row)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface PagerProps {
  path: string;
  /** The filters that the list has now. */
  filter: Readonly<Record<string, string>>;
  /** The next page's cursor; null: this is the last page. */
  next: string | null;
  /** Whether this is the first page. */
  first: boolean;
}

/** An address with parameters; empty ones are left out. */
export const address = (path: string, parameters: Readonly<Record<string, string | undefined>>): string => {
  const set = Object.entries(parameters).flatMap(([name, value]) => (value ? [[name, value]] : []));
  const query = new URLSearchParams(set).toString();
  return query === "" ? path : `${path}?${query}`;
};

/** Links to the other pages of a list. */
export function Pager({ path, filter, next, first }: PagerProps) {
  if (first && next === null) return null;
  return (
    <nav class="pager" aria-label="Pages">
      {!first && (
        <a class="button" href={address(path, filter)}>
          First page
        </a>
      )}
      {next !== null && (
        <a class="button" rel="next" href={address(path, { ...filter, cursor: next })}>
          Next page
        </a>
      )}
    </nav>
  );
}
