/** Tables as CSV: RFC 4180, with nothing before the first name, so that every reader finds it. */

export type CsvCell = string | number | null;

/** Lines end in CRLF; a missing value is empty, and an empty text is "". */
export function toCsv(head: readonly string[], rows: Iterable<readonly CsvCell[]>): string {
  let text = line(head);
  for (const row of rows) text += line(row);
  return text;
}

function line(cells: readonly CsvCell[]): string {
  return `${cells.map(cellText).join(",")}\r\n`;
}

function cellText(cell: CsvCell): string {
  if (cell === null) return "";
  const text = String(cell);
  // Blanks at the ends are part of the text, which some readers take off where nothing is quoted.
  const isPlain = text !== "" && !/[",\r\n]/.test(text) && text.trim() === text;
  return isPlain ? text : `"${text.replaceAll('"', '""')}"`;
}
