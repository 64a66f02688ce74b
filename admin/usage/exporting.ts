import type { Columns } from "./columns.ts";
import { csvLine } from "./csv.ts";
import type { Format } from "./schemas.ts";

/** A page of rows, and how to get the next one; null at the end. */
export interface ExportPage<Row> {
  rows: readonly Row[];
  next: (() => Promise<ExportPage<Row>>) | null;
}

/** What an export is called and how it is written. */
export interface ExportForm<Row> {
  format: Format;
  /** Without the ending. Plain ASCII. */
  name: string;
  columns: Columns<Row>;
}

const TYPES: Record<Format, string> = {
  csv: "text/csv; charset=utf-8; header=present",
  ndjson: "application/x-ndjson; charset=utf-8",
};

// An answer to HEAD reads no page but the first.
const NOTHING_AHEAD = { highWaterMark: 0 };
const utf8 = new TextEncoder();

function linesOf<Row>({ format, columns }: ExportForm<Row>, rows: readonly Row[]): string {
  if (format === "ndjson") return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  return rows.map((row) => csvLine(columns.map(([, cell]) => cell(row)))).join("");
}

const headOf = <Row>({ format, columns }: ExportForm<Row>): string =>
  format === "csv" ? csvLine(columns.map(([title]) => title)) : "";

/**
 * Answers with rows as a file. One page at a time is in memory: the next one is asked for when the client has taken the
 * one before. Where that fails, the stream breaks off, so that nobody takes a part for the whole.
 *
 * @param first read already, so that a fault that is there from the beginning has a readable answer
 */
export function exportResponse<Row>(first: ExportPage<Row>, form: ExportForm<Row>): Response {
  let next: ExportPage<Row>["next"] = async () => first;
  let text = headOf(form);
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    // Goes on over pages without rows: where nothing is handed on, nobody asks again.
    do {
      if (next === null) break;
      // What this throws is the stream's error.
      const page = await next();
      text += linesOf(form, page.rows);
      next = page.next;
    } while (text === "");
    if (text !== "") controller.enqueue(utf8.encode(text));
    text = "";
    if (next === null) controller.close();
  };
  return new Response(new ReadableStream({ pull }, NOTHING_AHEAD), {
    headers: {
      "content-type": TYPES[form.format],
      "content-disposition": `attachment; filename="${form.name}.${form.format}"`,
    },
  });
}
