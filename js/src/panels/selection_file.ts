/** Selected items as texts that a person takes along, asked for some at a time. */

import { csvLine, isFormula } from "../ui/csv.ts";
import { MAX_TEXTS } from "../wire/answers.ts";
import type { ItemTexts } from "../wire/model.ts";
import type { Store } from "../wire/store.ts";
import type { SelectionColumn } from "./selection_columns.ts";

/** In an answer to "texts", where the shown columns begin. */
const FIRST_SHOWN = 3;

export interface SelectionFile {
  parts: string[];
  /** Cells that a spreadsheet may run. */
  formulas: number;
}

/** The table as CSV, in its order. @param onShare called with how much is done, 0..1 */
export async function csvOf(
  store: Store,
  items: Uint32Array,
  columns: SelectionColumn[],
  onShare: (share: number) => void,
): Promise<SelectionFile> {
  const parts = [csvLine(columns.map(({ name }) => name))];
  let formulas = 0;
  await eachBatch(store, items, onShare, (batch, texts) => {
    const lines = batch.map((item, at) => {
      const cells = columns.map((column) => cellOf(column, item, texts, at));
      for (const cell of cells) if (isFormula(cell)) formulas++;
      return csvLine(cells);
    });
    parts.push(lines.join(""));
  });
  return { parts, formulas };
}

/** Ids, one a line. */
export async function idsOf(
  store: Store,
  items: Uint32Array,
  onShare: (share: number) => void,
): Promise<string> {
  const parts: string[] = [];
  await eachBatch(store, items, onShare, (_, { columns: [ids] }) => {
    if (ids.some((id) => /[\r\n]/.test(id ?? ""))) {
      throw new Error("an id has more than one line: save the CSV, which keeps it as it is");
    }
    parts.push(ids.join("\n"));
  });
  return parts.join("\n");
}

function cellOf(
  { by, exactOf }: SelectionColumn,
  item: number,
  { columns }: ItemTexts,
  at: number,
): string | null {
  if (by === null) return exactOf?.(item) ?? null;
  const place = typeof by === "number" ? FIRST_SHOWN + by : ["id", "label", "text"].indexOf(by);
  return columns[place][at];
}

async function eachBatch(
  store: Store,
  items: Uint32Array,
  onShare: (share: number) => void,
  take: (batch: number[], texts: ItemTexts) => void,
): Promise<void> {
  for (let start = 0; start < items.length; start += MAX_TEXTS) {
    onShare(start / items.length);
    const batch = Array.from(items.subarray(start, start + MAX_TEXTS));
    take(batch, await store.answers.texts(batch));
  }
}
