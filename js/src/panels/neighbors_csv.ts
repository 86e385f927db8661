/** The neighbours of an item as a table: the columns of `neighbors_frame()` in Python. */

import type { CsvCell } from "../ui/csv.ts";
import type { NeighborLists, Row, Side } from "../wire/model.ts";

export interface NeighborSources {
  k: number;
  lists: NeighborLists;
  rows: Map<number, Row>;
  /** Names of the metadata columns; "" = none. */
  labelName: string;
  textName: string;
  /** More of them, as in `Row.shown`. */
  show: readonly string[];
}

/** One row a rank 1..k; what was not found is missing. */
export function neighborsTable(sources: NeighborSources): { head: string[]; rows: CsvCell[][] } {
  const { k, lists } = sources;
  const [a, b] = [sideOf(sources, "a", "b"), sideOf(sources, "b", "a")];
  const n = Math.min(k, Math.max(lists.indices_a.length, lists.indices_b.length));
  const ranks = Array.from({ length: n }, (_, i) => i);
  return {
    head: ["rank", ...a.head, ...b.head],
    rows: ranks.map((i) => [i + 1, ...a.cells(i), ...b.cells(i)]),
  };
}

/** The half of the table about the neighbours in one space. */
function sideOf(sources: NeighborSources, own: Side, other: Side) {
  const { k, lists, rows, labelName, textName, show } = sources;
  const items = lists[`indices_${own}`];
  const ranks = new Map(Array.from(lists[`indices_${other}`], (item, i) => [item, i + 1]));
  const more = [...(textName === "" ? [] : ["text"]), ...show];
  const label = labelName === "" ? [] : ["label"];
  const fixed = ["distance", `rank_in_${other}`, "shared", ...label];
  const taken = new Set(["id", "rank_in", ...fixed]);
  const free = more.map((name) => {
    let title = name;
    while (taken.has(title)) title += "_";
    taken.add(title);
    return title;
  });
  const named = (name: string) => (name.startsWith("rank_in_") ? name : `${name}_${own}`);
  const cells = (i: number): CsvCell[] => {
    const item = items[i];
    const row = rows.get(item);
    const rank = ranks.get(item) ?? null;
    const texts = textName === "" ? [] : [row?.text ?? null];
    return [
      row?.id ?? null,
      ...texts,
      ...show.map((_, column) => row?.shown[column] ?? null),
      // What a float32 holds, without the digits that its conversion adds.
      known(lists[`distances_${own}`][i]),
      rank,
      rank !== null && rank <= k ? "True" : "False",
      ...label.map(() => row?.label ?? null),
    ];
  };
  return { head: ["id", ...free, ...fixed].map(named), cells };
}

/** A distance that is written; one that is not in the file is NaN. */
function known(distance: number | undefined): number | null {
  const isKnown = distance !== undefined && !Number.isNaN(distance);
  return isKnown ? Number(distance.toPrecision(7)) : null;
}
