/** What a cell can hold; null is an empty one. */
export type CellValue = string | number | boolean | null;

// Spreadsheets run a cell that begins so as a formula. Names of models come from holders, who must not run anything there.
const FORMULA = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]/;

function cell(value: CellValue): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One record of CSV by RFC 4180, with its line end. Text that a spreadsheet would run begins with an apostrophe. */
export const csvLine = (values: readonly CellValue[]): string => `${values.map(cell).join(",")}\r\n`;
