/** The histogram's bars: palette indices counted, and a brushed range of bars turned into items. */

import { type Coloring, cssOf, type Legend, type LegendEntry, LUMPED, MISSING } from "./color.ts";
import { countCodes } from "./ends.ts";
import { differenceText, rangeText } from "./quantity.ts";

/** Bars of a numeric column whose values may be anywhere. */
export const NUMERIC_BINS = 32;
/** The most bars of a column whose values are steps. */
const MOST_BINS = 41;

/** How palette indices fall into bars; null when the legend counts them (categories). */
export interface Binning {
  bins: number;
  /** (256,) bar of each palette index, `MISSING` = none. */
  binOf: Uint8Array;
}

export function binningOf(legend: Legend): Binning | null {
  if (legend.kind === "category") return null;
  if (legend.kind === "coincidence") return evenBins(legend.k, 1, 0);
  const { kind, last, stepped } = legend;
  if (!stepped) {
    // An odd number has a bar for what is no different.
    const bins = kind === "difference" ? NUMERIC_BINS - 1 : NUMERIC_BINS;
    return binsOf(last, bins, (code) => Math.floor((code * bins) / (last + 1)));
  }
  // As many steps in each bar: else every few bars would be a gap or a peak.
  let width = 1;
  while ((last + 1) / width > MOST_BINS) width += 2;
  if (kind === "numeric") return evenBins(last, width, 0);
  const middle = (width - 1) / 2;
  const half = Math.ceil((last / 2 - middle) / width);
  return evenBins(last, width, half * width + middle - last / 2);
}

/** Bars of `width` codes each, the first of which begins `offset` before code 0. */
function evenBins(last: number, width: number, offset: number): Binning {
  const binAt = (code: number) => Math.floor((code + offset) / width);
  return binsOf(last, binAt(last) + 1, binAt);
}

function binsOf(last: number, bins: number, binAt: (code: number) => number): Binning {
  const binOf = new Uint8Array(256).fill(MISSING);
  for (let code = 0; code <= last; code++) binOf[code] = binAt(code);
  return { bins, binOf };
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
  if (items === null)
    countCodes(codes).forEach((n, code) => {
      counts[binOf[code]] += n;
    });
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

/** Row positions, ascending, of the items of an entry of the legend. */
export function itemsOfEntry({ codes, categories }: Coloring, entry: LegendEntry): Uint32Array {
  const { code, category } = entry;
  if (code !== LUMPED || category === null || !categories) return itemsOfCode(codes, code);
  const items: number[] = [];
  for (let i = 0; i < categories.length; i++) if (categories[i] === category) items.push(i);
  return Uint32Array.from(items);
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

/** The values behind a bar: "3", "0.5 to 0.6", "B +0.2", "8 to 9 or above". */
export function nameOfBin(
  legend: Legend & { kind: "numeric" | "difference" },
  { bins, binOf }: Binning,
  bin: number,
): string {
  const { kind, min, max, last, stepped } = legend;
  const at = (share: number) => min + (max - min) * share;
  const [low, high] = stepped
    ? [at(binOf.indexOf(bin) / last), at(binOf.lastIndexOf(bin) / last)]
    : [at(bin / bins), at((bin + 1) / bins)];
  if (kind === "numeric") {
    const text = rangeText([low, high], (max - min) / bins, min, legend);
    const more = bin === bins - 1 && legend.above > 0 ? " or above" : "";
    return `${text}${more}${bin === 0 && legend.below > 0 ? " or below" : ""}`;
  }
  const [first, second] = [differenceText(low), differenceText(high)];
  return first === second ? first : `${first} to ${second}`;
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
