/** Values that are said of an item beside its label and text. */

import type { Coloring } from "../color/color.ts";
import type { ItemColor } from "../views/neighbor_texts.ts";
import type { Row } from "../wire/model.ts";
import type { Store } from "../wire/store.ts";

/** Metadata columns in the tooltip; the card has all. */
const MOST = 6;

/** What the points are coloured by. Null while there are no colours, and where they say what is shown of each item in any case. */
export function itemColor(store: Store, coloring: Coloring | null): ItemColor | null {
  if (coloring === null) return null;
  const { name, textOf, legend } = coloring;
  if ([store.get("label"), store.get("text"), ...store.get("show")].includes(name)) return null;
  const title = store.get("columns").find((column) => column.name === name)?.title ?? name;
  return { title, textOf, isNumeric: legend.kind !== "category" };
}

/** For the tooltip, by name. @param shared how many neighbours of k both spaces share */
export function tooltipValues(
  store: Store,
  coloring: Coloring | null,
  item: number,
  row: Row | undefined,
  shared: { n: number; k: number } | null,
): [name: string, text: string][] {
  const found: [string, string][] = [];
  for (const [i, name] of store.get("show").slice(0, MOST).entries()) {
    const text = row?.shown[i];
    if (typeof text === "string") found.push([name, text]);
  }
  const color = itemColor(store, coloring);
  if (color) found.push([color.title, color.textOf(item)]);
  if (shared) found.push(["the same neighbours", `${shared.n} of ${shared.k}`]);
  return found;
}
