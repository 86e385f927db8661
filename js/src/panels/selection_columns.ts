/** The columns of the table of selected items: what stands in them, and in what order they put it. */

import { differenceText } from "../color/quantity.ts";
import { number, score } from "../ui/format.ts";
import type { ItemCells, ItemColumn } from "../views/item_table.ts";
import type { RankedBy, Row } from "../wire/model.ts";
import type { Store } from "../wire/store.ts";
import { differenceKeys, type Keys, numberKeys } from "./selected.ts";

const MISSING_RANK = 2 ** 32 - 1;

/** What is known of all items at k. */
export interface Measured {
  k: number;
  /** (n,) neighbours that both spaces share; null while they are unknown. */
  shared: Uint8Array | null;
  /** (n,) A wins below 0, B above; null without a label, and while they are unknown. */
  wins: Float32Array | null;
  /** (n,) mean distance to the k nearest in A and in B; null where it is not here. */
  distances: [a: Float32Array, b: Float32Array] | null;
}

/** A column, and how it is read. */
export interface SelectionColumn extends ItemColumn {
  /** In the file: as in Python. */
  name: string;
  /** What its texts are asked for by; null = it is measured. */
  by: RankedBy | null;
  /** Of a row that came; measured ones need none. */
  textOf(item: number, row: Row | undefined): string | null;
  /** In the file, where it is measured: all digits that there are. */
  exactOf?(item: number): string | null;
}

export function columnsOf(store: Store, measured: Measured): SelectionColumn[] {
  const { k, shared, wins } = measured;
  const [text, label] = [store.get("text"), store.get("label")];
  const infos = store.get("columns");
  const isNumeric = (name: string) =>
    infos.some((info) => info.name === name && info.kind === "numeric");
  const words = { isNumeric: false, help: "" };
  const found: SelectionColumn[] = [];
  if (text !== "") {
    found.push({
      ...words,
      ...{ key: "text", title: text, name: text, by: "text", width: 210, grows: true },
      textOf: (_, row) => row?.text ?? null,
    });
  }
  found.push({
    ...words,
    ...{ key: "id", title: "id", name: "id", by: "id", width: 90, grows: text === "" },
    textOf: (_, row) => row?.id ?? null,
  });
  if (label !== "") {
    found.push({
      ...words,
      ...{ key: "label", title: label, name: label, by: "label", width: 130 },
      textOf: (_, row) => row?.label ?? null,
    });
  }
  if (shared !== null) {
    const value = (item: number) => shared[item] / (2 * k - shared[item]);
    found.push({
      ...{ key: "coincidence", title: "coincidence", name: "coincidence", by: null },
      ...{ isNumeric: true, width: 104 },
      help: `Neighbours that are the same among the first ${k} of both spaces, of all those`,
      textOf: (item) => score(value(item)),
      exactOf: (item) => String(value(item)),
    });
  }
  if (wins !== null) {
    found.push({
      ...{ key: "wins", title: "A / B wins", name: "wins", by: null, isNumeric: true, width: 92 },
      help: `Share of its ${k} neighbours with its label in B, less that in A`,
      textOf: (item) => (Number.isNaN(wins[item]) ? "" : differenceText(wins[item])),
      exactOf: (item) => (Number.isNaN(wins[item]) ? null : String(wins[item])),
    });
  }
  for (const [i, values] of measured.distances?.entries() ?? []) {
    const side = "ab"[i];
    found.push({
      ...{ key: side, title: `dist. ${"AB"[i]}`, name: `distance_${side}`, by: null },
      ...{ isNumeric: true, width: 70 },
      help: `Mean distance to its ${k} nearest in ${"AB"[i]}`,
      textOf: (item) => (Number.isNaN(values[item]) ? "–" : number(values[item])),
      exactOf: (item) => (Number.isNaN(values[item]) ? null : String(values[item])),
    });
  }
  for (const [i, name] of store.get("show").entries()) {
    found.push({
      ...{ key: `shown-${i}`, title: name, name, by: i, width: 96, help: "" },
      isNumeric: isNumeric(name),
      textOf: (_, row) => row?.shown[i] ?? null,
    });
  }
  return found;
}

/** What stands in a row; null while it is asked for. */
export function cellsOf(columns: SelectionColumn[], item: number, row: Row | undefined) {
  const cells: ItemCells | null = row
    ? { texts: columns.map((column) => column.textOf(item, row) ?? ""), image: row.image }
    : null;
  return cells;
}

/** What a column puts items in order by; asked for where it is not measured here. */
export async function keysOf(
  store: Store,
  column: SelectionColumn,
  { k, shared, wins, distances }: Measured,
): Promise<Keys | null> {
  if (column.by !== null) {
    return { of: await store.answers.ranks(column.by), missing: MISSING_RANK };
  }
  const side = "ab".indexOf(column.key);
  if (side >= 0) return distances && numberKeys(distances[side]);
  if (column.key === "wins") return wins && differenceKeys(wins, k);
  return shared && { of: shared };
}
