/** Tables as CSV, by the rules of Python's `csv`: what it writes it reads, and so does pandas. */

const QUOTED = /[",\r\n]/;
/** What spreadsheets take for a formula; a number is none. */
const FORMULA = /^[=+\-@]/;

export type CsvCell = string | number | null;

/** One line with its end; null = an empty cell. */
export function csvLine(cells: readonly CsvCell[]): string {
  const [first] = cells;
  // Else a line of one empty cell would be no line.
  if (cells.length === 1 && (first === null || first === "")) return '""\r\n';
  return `${cells.map((cell) => quoted(String(cell ?? ""))).join(",")}\r\n`;
}

/** A head and its rows. */
export function toCsv(head: readonly string[], rows: Iterable<readonly CsvCell[]>): string {
  let text = csvLine(head);
  for (const row of rows) text += csvLine(row);
  return text;
}

/** Whether a spreadsheet may run a cell; the file holds it as it is, for data must not change. */
export function isFormula(cell: string | null): boolean {
  return cell !== null && FORMULA.test(cell) && !Number.isFinite(Number(cell));
}

function quoted(cell: string): string {
  return QUOTED.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
