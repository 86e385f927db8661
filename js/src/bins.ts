/** The histogram's bars: palette indices counted, and a brushed range of bars turned into items. */

import { cssOf, type Legend, MISSING, STEPS } from "./color.ts";

/** Bars of a numeric column. */
export const NUMERIC_BINS = 32;

/** How palette indices fall into bars; null when the legend counts them (categories). */
export interface Binning {
  bins: number;
  /** (256,) bar of each palette index, `MISSING` = none. */
  binOf: Uint8Array;
}

export function binningOf(legend: Legend): Binning | null {
  if (legend.kind === "category") return null;
  const binOf = new Uint8Array(256).fill(MISSING);
  if (legend.kind === "coincidence") {
    for (let code = 0; code <= legend.k; code++) binOf[code] = code;
    return { bins: legend.k + 1, binOf };
  }
  for (let code = 0; code < STEPS; code++) binOf[code] = Math.floor((code * NUMERIC_BINS) / STEPS);
  return { bins: NUMERIC_BINS, binOf };
}

/**
 * Items in each bar.
 *
 * @param codes (n,) palette index
 * @param items count only these row positions; null = all
 */
export function countBins(
  codes: Uint8Array,
  { bins, binOf }: Binning,
  items: Uint32Array | null,
): number[] {
  const counts = new Array<number>(256).fill(0);
  if (items === null) for (let i = 0; i < codes.length; i++) counts[binOf[codes[i]]]++;
  else for (let i = 0; i < items.length; i++) counts[binOf[codes[items[i]]]]++;
  return counts.slice(0, bins);
}

/** Row positions, ascending, of the items in the bars `low..high` (both included). */
export function itemsInBins(
  codes: Uint8Array,
  binning: Binning,
  low: number,
  high: number,
): Uint32Array {
  return itemsWhere(codes, (code) => binning.binOf[code] >= low && binning.binOf[code] <= high);
}

/** Row positions, ascending, of the items with one palette index. */
export function itemsOfCode(codes: Uint8Array, code: number): Uint32Array {
  return itemsWhere(codes, (other) => other === code);
}

function itemsWhere(codes: Uint8Array, wanted: (code: number) => boolean): Uint32Array {
  const hit = Uint8Array.from({ length: 256 }, (_, code) => (wanted(code) ? 1 : 0));
  let size = 0;
  for (let i = 0; i < codes.length; i++) size += hit[codes[i]];
  const items = new Uint32Array(size);
  let next = 0;
  for (let i = 0; i < codes.length; i++) if (hit[codes[i]] === 1) items[next++] = i;
  return items;
}

/** CSS colour of each bar. */
export function binColors(palette: Uint8Array, { bins, binOf }: Binning): string[] {
  const colors = new Array<string>(bins);
  for (let bin = 0; bin < bins; bin++) {
    const [first, last] = [binOf.indexOf(bin), binOf.lastIndexOf(bin)];
    colors[bin] = cssOf(palette, (first + last) >> 1);
  }
  return colors;
}
