/** More categories than colours: those that prevail in a selection have them while it lasts. */

import { type Coloring, cssOf, DISTINCT, MISSING } from "./color.ts";

/** The most frequent categories of some items, as many as there are colours, by palette index. */
export function prevailingCodes(codes: Uint8Array, items: Uint32Array): number[] {
  const counts = new Uint32Array(MISSING);
  for (let i = 0; i < items.length; i++) if (codes[items[i]] < MISSING) counts[codes[items[i]]]++;
  return Array.from(counts.keys())
    .filter((code) => counts[code] > 0)
    .sort((p, q) => counts[q] - counts[p] || p - q)
    .slice(0, DISTINCT);
}

/**
 * Colours in which those that prevail among the items have one of their own. Who had one keeps it;
 * the others take those of categories that are not among the items.
 */
export function prevailing(coloring: Coloring, items: Uint32Array): Coloring {
  const { legend, codes } = coloring;
  if (legend.kind !== "category" || legend.entries.length <= DISTINCT || items.length === 0) {
    return coloring;
  }
  // What stands for all that cannot be told apart stays grey.
  const last = legend.hidden > 0 ? MISSING - 1 : MISSING;
  const first = prevailingCodes(codes, items).filter((code) => code < last);
  const free = Array.from({ length: DISTINCT }, (_, code) => code).filter(
    (code) => !first.includes(code),
  );
  const palette = coloring.palette.slice();
  const swap = (to: number, from: number) =>
    palette.set(coloring.palette.subarray(4 * from, 4 * from + 4), 4 * to);
  for (const code of first.filter((each) => each >= DISTINCT)) {
    const from = free.shift();
    if (from === undefined) break;
    swap(code, from);
    // Grey, as the others are.
    swap(from, DISTINCT);
  }
  const entries = legend.entries.map((entry) => ({ ...entry, css: cssOf(palette, entry.code) }));
  return { ...coloring, palette, legend: { ...legend, entries } };
}
