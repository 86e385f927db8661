/** Colours for what is chosen: labels that have none of their own, and the parts of a group. */

import type { Theme } from "../ui/theme.ts";
import type { GroupParts } from "../wire/model.ts";
import {
  type Coloring,
  categoryPalette,
  chosenColors,
  cssOf,
  DISTINCT,
  type LegendEntry,
  LUMPED,
  MISSING,
  parseHex,
} from "./color.ts";

/**
 * The colours with one more for each chosen category that is grey among the others, so that it is not
 * grey on grey; the same object when there is none such.
 *
 * @param items row positions of what is chosen
 */
export function withChosen(coloring: Coloring, items: Uint32Array, theme: Theme): Coloring {
  const { legend, codes } = coloring;
  if (legend.kind !== "category" || legend.entries.length <= DISTINCT) return coloring;
  const counts = new Uint32Array(256);
  for (let i = 0; i < items.length; i++) counts[codes[items[i]]]++;
  const grey = Array.from(counts.keys()).filter(
    (code) => code >= DISTINCT && code <= LUMPED && counts[code] > 0,
  );
  if (grey.length === 0) return coloring;
  grey.sort((p, q) => counts[q] - counts[p] || p - q);
  // When those that no category has are used up, those of categories that are not chosen follow.
  const own = Array.from({ length: DISTINCT }, (_, code) => code).filter((c) => counts[c] === 0);
  const free = own
    .reverse()
    .map((code) => Array.from(coloring.palette.subarray(4 * code, 4 * code + 3)));
  const colors = [...chosenColors(theme).map(parseHex), ...free].slice(0, grey.length);
  const palette = coloring.palette.slice();
  for (const [i, color] of colors.entries()) palette.set(color, 4 * grey[i]);
  const recolored = (entry: LegendEntry) => {
    return entry.code < DISTINCT ? entry : { ...entry, css: cssOf(palette, entry.code) };
  };
  const entries = legend.entries.map(recolored);
  const others = counts[LUMPED] > 0 ? legend.others.map(recolored) : legend.others;
  return { ...coloring, palette, legend: { ...legend, entries, others } };
}

/**
 * Colours of the items of one group by what they are in the other space.
 *
 * @param title what became of the group, for the legend
 * @param n all items
 */
export function partsColoring(group: GroupParts, title: string, n: number, theme: Theme): Coloring {
  const { parts, items } = group;
  const rest = parts.length;
  const palette = categoryPalette(rest, theme);
  const codes = new Uint8Array(n).fill(MISSING);
  const counts = new Uint32Array(rest + 1);
  for (let i = 0; i < items.length; i++) {
    const code = Math.min(group.codes[i], rest);
    codes[items[i]] = code;
    counts[code]++;
  }
  const names = [...parts.map(({ name }) => name), "elsewhere"];
  const entries = names.map((label, code): LegendEntry => {
    return { label, count: counts[code], css: cssOf(palette, code), code, category: null };
  });
  if (counts[rest] === 0) entries.pop();
  return {
    name: "part of the group",
    textOf: (item) => names[codes[item]] ?? "not in it",
    codes,
    palette,
    legend: { kind: "category", entries, others: [], missing: 0, title },
  };
}
