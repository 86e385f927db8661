/** What stands in the columns of the neighbours' tables. */

import { decimalsFor } from "../ui/format.ts";
import type { NeighborLists, Row } from "../wire/model.ts";
import type { TableColumn } from "./neighbor_columns.ts";

/** A metadata column that is shown with each item. */
export interface ShownColumn {
  name: string;
  isNumeric: boolean;
}

/** What the points are coloured by. */
export interface ItemColor {
  title: string;
  isNumeric: boolean;
  textOf(item: number): string;
}

export interface ColumnSources {
  k: number;
  lists: NeighborLists | null;
  rows: Map<number, Row>;
  /** Rank of each item in each list, from 1. */
  ranks: { a: Map<number, number>; b: Map<number, number> };
  /** Name of the label column; "" = none. */
  labelName: string;
  shown: ShownColumn[];
  /** Null while it is unknown, or shown in a column anyway. */
  color: ItemColor | null;
  names: { a: string; b: string };
  distanceNames: { a: string; b: string };
}

/** What stands for a value that there is not. */
const NONE = "–";

/** In the order in which they stand beside the item. */
export function columnsOf(sources: ColumnSources, isWide: boolean): TableColumn[] {
  const { k, lists, rows, ranks, labelName, shown, color, names, distanceNames } = sources;
  const items = {
    a: Array.from(lists?.indices_a.subarray(0, k) ?? []),
    b: Array.from(lists?.indices_b.subarray(0, k) ?? []),
  };
  const cells = (textOf: (item: number) => string) => ({
    a: items.a.map(textOf),
    b: items.b.map(textOf),
  });
  const both = (text: string) => ({ a: text, b: text });
  const known = (textOf: (row: Row) => string | null | undefined) =>
    cells((item) => {
      const row = rows.get(item);
      return row === undefined ? "" : (textOf(row) ?? NONE);
    });
  const column = (
    kind: TableColumn["kind"],
    title: string,
    texts: TableColumn["cells"],
    { isNumeric = false, index = 0 } = {},
  ): TableColumn => ({
    ...{ kind, index, isNumeric, cells: texts },
    ...{ head: both(title), help: both(title) },
  });
  const distances = (list: Float32Array | undefined) => {
    const values = Array.from(list?.subarray(0, k) ?? []);
    const decimals = decimalsFor(values);
    return values.map((value) => (Number.isNaN(value) ? "–" : value.toFixed(decimals)));
  };
  const found: TableColumn[] = [];
  if (labelName !== "") {
    found.push(
      column(
        "label",
        labelName,
        known(({ label }) => label),
      ),
    );
  }
  for (const [index, { name, isNumeric }] of shown.entries()) {
    found.push(
      column(
        "shown",
        name,
        known((row) => row.shown[index]),
        { isNumeric, index },
      ),
    );
  }
  if (color) found.push(column("color", color.title, cells(color.textOf), color));
  const away = { a: distances(lists?.distances_a), b: distances(lists?.distances_b) };
  found.push({
    ...column("distance", "", away, { isNumeric: true }),
    head: distanceNames,
    help: distanceNames,
  });
  const rankIn = (other: Map<number, number>) => (item: number) =>
    other.has(item) ? String(other.get(item)) : NONE;
  const inOther = { a: items.a.map(rankIn(ranks.b)), b: items.b.map(rankIn(ranks.a)) };
  const rank = isWide ? "rank in" : "in";
  const help = (name: string) => `rank of the same item among the neighbours in ${name}`;
  found.push({
    ...column("other", "", inOther, { isNumeric: true }),
    head: { a: `${rank} B`, b: `${rank} A` },
    help: { a: help(names.b), b: help(names.a) },
  });
  return found;
}
