/** Colours of the points: a palette of 256 colours and one palette index for each item. */

import { score } from "../ui/format.ts";
import type { Theme } from "../ui/theme.ts";
import type { Column } from "../wire/model.ts";
import { type CoincidenceEnds, coincidenceEnds, countCodes } from "./ends.ts";
import { differenceText, type Quantity, quantityText } from "./quantity.ts";

/** Palette index of an item whose value is missing. */
export const MISSING = 255;
/** Palette indices below `MISSING`: the steps of a ramp, or the most categories told apart by code. */
export const STEPS = 255;
/** Categories with a colour of their own; the rest share one grey. */
export const DISTINCT = 20;
export const LUMPED = STEPS - 1;
const MISSING_CATEGORY = 65535;
const NO_VALUE = "missing";
/** Values of two items read otherwise where they are this part of the whole range apart. */
const FINE_STEPS = 1000;

export interface LegendEntry {
  label: string;
  count: number;
  css: string;
  /** Palette index of the items of this entry. */
  code: number;
  /** Of the column; null = this entry stands for none, or for several. */
  category: number | null;
}

export type Legend =
  | (CoincidenceEnds & { kind: "coincidence"; k: number; ramp: string[] })
  | {
      kind: "category";
      /** In the order of their values; else numbers by their size, others by frequency. */
      entries: LegendEntry[];
      /** Categories behind the last entry when there are more than can be told apart. */
      others: LegendEntry[];
      missing: number;
      /** What the entries are, in a sentence; left out: their number says enough. */
      title?: string;
    }
  | (Quantity & {
      kind: "numeric" | "difference";
      min: number;
      max: number;
      ramp: string[];
      missing: number;
      /** Of the missing, those whose value is infinite. */
      infinite?: number;
      /** Palette index of `max`; that of `min` is 0. */
      last: number;
      /** Every index stands for one value, and not for a range. */
      stepped: boolean;
      /** Items below `min` and above `max`. */
      below: number;
      above: number;
    });

export interface Coloring {
  /** Of the column. */
  name: string;
  /** Value of an item, as it is read. */
  textOf(item: number): string;
  /** (n,) palette index. */
  codes: Uint8Array;
  /** (n,) category of each item, where there may be more than codes. */
  categories?: Uint16Array;
  /** (256, 4) RGBA. */
  palette: Uint8Array;
  legend: Legend;
}

interface Colors {
  coincidence: string[];
  numeric: string[];
  /** A is better ... B is better. */
  difference: string[];
  categories: string[];
  /** Worn by chosen categories that have no colour of their own. */
  chosen: string[];
  other: string;
  missing: string;
}

const list = (colors: string): string[] => colors.split(" ");

// The ramps are dark in the middle on white and light in the middle on black: a ramp with a pale
// centre loses its commonest values on a white page. The first categories are Okabe and Ito's,
// moved where they would vanish on the background; the rest were chosen greedily for the largest
// smallest distance in OKLab, seen normally and with protanopia and deuteranopia.
// What the difference has in its middle is dull, because most items are no different there.
// js/tests/color.test.ts holds every colour to a contrast with its background.
const COLORS: Record<Theme, Colors> = {
  light: {
    coincidence: list("#26357f #2a5fb8 #3f95d8 #45b0b4 #8bb05f #c9a53a #ea8f1d #dc5a22 #b01c2e"),
    numeric: list("#440f54 #46327e #365c8d #277f8e #1fa187 #4ab662 #86b52a #b5a300"),
    difference: list("#0a3f9c #1f68d8 #6b9fe6 #c2b8a6 #e3994a #cf6a08 #933f00"),
    categories: list(
      "#0072b2 #e69f00 #009e73 #d55e00 #cc79a7 #56b4e9 #8c7a00 #5b4a9c #8a0700 #1a5249 " +
        "#c22d6d #8e71f5 #fc88f4 #27c762 #7a1162 #437464 #89511b #fe626c #bf4fb8 #688dc9",
    ),
    chosen: list("#171b24 #0000ee #330099"),
    other: "#868e9c",
    missing: "#b4bac5",
  },
  dark: {
    coincidence: list("#5068c4 #4f87cf #56a3d3 #71bcc4 #a3cfa3 #d6d487 #f2c062 #f79350 #fb5f4b"),
    numeric: list("#7a4fb5 #5f6ec6 #4a8bc2 #38a4b0 #35bb92 #6ccd67 #b2db3c #fde725"),
    difference: list("#a3caff #6ba3ff #4672b8 #5d5850 #a9742f #f29a40 #ffc98a"),
    categories: list(
      "#3d9be0 #e69f00 #1fb58a #e8703a #d98bb8 #8ad0f5 #f0e442 #9a86e0 #733ab9 #be2517 " +
        "#296818 #7cfdd4 #e7b8a7 #c94aa6 #62950e #45db75 #516ce9 #97317c #fc88f4 #e64d71",
    ),
    chosen: list("#ffffff #3300ff #ffffaa"),
    other: "#7b8494",
    missing: "#565e6e",
  },
};

/** "#rrggbb" -> [r, g, b], 0..255. */
export function parseHex(css: string): [number, number, number] {
  const packed = Number.parseInt(css.slice(1), 16);
  return [packed >> 16, (packed >> 8) & 255, packed & 255];
}

/** The colour at `share` in [0, 1] of a ramp through evenly spaced stops, each channel 0..255. */
function along(stops: string[], share: number): [number, number, number] {
  const place = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const below = Math.min(stops.length - 2, Math.floor(place));
  const [from, to] = [parseHex(stops[below]), parseHex(stops[below + 1])];
  const mix = (i: 0 | 1 | 2) => Math.round(from[i] + (to[i] - from[i]) * (place - below));
  return [mix(0), mix(1), mix(2)];
}

function paletteOf(theme: Theme, colorAt: (code: number) => [number, number, number]): Uint8Array {
  const palette = new Uint8Array(256 * 4).fill(255);
  for (let code = 0; code < MISSING; code++) palette.set(colorAt(code), code * 4);
  palette.set(parseHex(COLORS[theme].missing), MISSING * 4);
  return palette;
}

/** CSS colour of one palette entry. */
export function cssOf(palette: Uint8Array, code: number): string {
  const [r, g, b] = palette.subarray(code * 4, code * 4 + 3);
  return `rgb(${r}, ${g}, ${b})`;
}

/** Palette indexed by the number of shared neighbours, 0..k; its colours run from `low` to `high`. */
export function coincidencePalette(theme: Theme, k: number, low = 0, high = k): Uint8Array {
  // Where all share the same number, that says whether the spaces agree.
  const [from, to] = low < high ? [low, high] : [0, Math.max(1, k)];
  const { coincidence } = COLORS[theme];
  return paletteOf(theme, (shared) => along(coincidence, (shared - from) / (to - from)));
}

/** Palette of `n` categories, most frequent first. */
export function categoryPalette(n: number, theme: Theme): Uint8Array {
  const { categories, other } = COLORS[theme];
  const distinct = Math.min(n, DISTINCT);
  return paletteOf(theme, (code) => parseHex(code < distinct ? categories[code] : other));
}

/** Colours for chosen categories that have none: those that no category has. */
export function chosenColors(theme: Theme): string[] {
  return COLORS[theme].chosen;
}

/** Palette of a ramp over the codes 0..last. */
export function numericPalette(
  theme: Theme,
  last = STEPS - 1,
  kind: "numeric" | "difference" = "numeric",
): Uint8Array {
  return paletteOf(theme, (code) => along(COLORS[theme][kind], code / last));
}

/**
 * Colours by the neighbours shared at k.
 *
 * @param shared (n,) 0..k; becomes `codes` as it is, without a copy, so k is at most 254
 */
export function coincidenceColoring(shared: Uint8Array, k: number, theme: Theme): Coloring {
  const ends = coincidenceEnds(countCodes(shared));
  const palette = coincidencePalette(theme, k, ends.low, ends.high);
  return {
    name: "coincidence",
    textOf: (item) => score(shared[item] / (2 * k - shared[item])),
    codes: shared,
    palette,
    legend: { kind: "coincidence", k, ramp: rampBetween(palette, ends.low, ends.high), ...ends },
  };
}

/** The colours of a palette from one index to another, as stops of a ramp. */
function rampBetween(palette: Uint8Array, low: number, high: number): string[] {
  const stops = Math.max(1, Math.min(high - low, 16));
  return Array.from({ length: stops + 1 }, (_, i) =>
    cssOf(palette, Math.round(low + ((high - low) * i) / stops)),
  );
}

/** Colours by a column of metadata or of what was measured. */
export function columnColoring(column: Column, theme: Theme): Coloring {
  return column.kind === "category"
    ? categoryColoring(column, theme)
    : numericColoring(column, theme);
}

function isNumber(label: string): boolean {
  return label.trim() !== "" && Number.isFinite(Number(label));
}

/** Codes are the same in every theme; of a million items they take tens of milliseconds. */
const CODES = new WeakMap<Column, Uint8Array>();

function codesOf(column: Column, make: () => Uint8Array): Uint8Array {
  const codes = CODES.get(column) ?? make();
  CODES.set(column, codes);
  return codes;
}

function categoryCodes(categories: Uint16Array): Uint8Array {
  const codes = new Uint8Array(categories.length);
  for (let i = 0; i < codes.length; i++) {
    const code = categories[i];
    codes[i] = code === MISSING_CATEGORY ? MISSING : code < LUMPED ? code : LUMPED;
  }
  return codes;
}

type NumericColumn = Column & { kind: "numeric" | "difference" };

/** Palette index of the largest value: one for each step where there are few. */
function lastCode({ steps = 0 }: NumericColumn): number {
  return steps >= 1 && steps < STEPS ? steps : STEPS - 1;
}

function numericCodes(column: NumericColumn): Uint8Array {
  const { min, max, values } = column;
  const last = lastCode(column);
  const scale = max > min ? last / (max - min) : 0;
  const codes = new Uint8Array(values.length);
  for (let i = 0; i < codes.length; i++) {
    const step = Math.round((values[i] - min) * scale);
    // NaN fails every comparison.
    codes[i] = step <= 0 ? 0 : step <= last ? step : Number.isNaN(step) ? MISSING : last;
  }
  return codes;
}

function categoryColoring(column: Column & { kind: "category" }, theme: Theme): Coloring {
  const { name, categories, counts, missing, order } = column;
  const palette = categoryPalette(categories.length, theme);
  const codes = codesOf(column, () => categoryCodes(column.codes));
  const listed = categories.length > STEPS ? LUMPED : categories.length;
  const entryOf = (label: string, category: number, code: number, css: string): LegendEntry => {
    return { label, count: counts[category], css, code, category };
  };
  const entries = categories
    .slice(0, listed)
    .map((label, code) => entryOf(label, code, code, cssOf(palette, code)));
  const lumped = cssOf(palette, LUMPED);
  const others = categories
    .slice(listed)
    .map((label, i) => entryOf(label, listed + i, LUMPED, lumped));
  if (order) {
    const ranks = new Map(order.map((code, rank) => [code, rank]));
    const rankOf = ({ code }: LegendEntry) => ranks.get(code) ?? entries.length;
    entries.sort((p, q) => rankOf(p) - rankOf(q));
  } else if (categories.every(isNumber)) entries.sort((p, q) => Number(p.label) - Number(q.label));
  if (others.length > 0) {
    const label = `${others.length} others`;
    const count = others.reduce((sum, entry) => sum + entry.count, 0);
    entries.push({ label, count, css: lumped, code: LUMPED, category: null });
  }
  const textOf = (item: number) => categories[column.codes[item]] ?? NO_VALUE;
  const legend: Legend = { kind: "category", entries, others, missing };
  return { name, textOf, codes, categories: column.codes, palette, legend };
}

function numericColoring(column: NumericColumn, theme: Theme): Coloring {
  const { name, kind, min, max, missing, infinite, base, unit, values } = column;
  const { below = 0, above = 0 } = column;
  const last = lastCode(column);
  const stepped = last === column.steps;
  const textOf = (item: number) => {
    const value = values[item];
    if (Number.isNaN(value)) return NO_VALUE;
    if (kind === "difference") return differenceText(value);
    return quantityText(value, (max - min) / FINE_STEPS, { base, unit });
  };
  return {
    name,
    textOf,
    codes: codesOf(column, () => numericCodes(column)),
    palette: numericPalette(theme, last, kind),
    legend: {
      ...{ kind, min, max, base, unit, missing, infinite, last, stepped, below, above },
      ramp: COLORS[theme][kind],
    },
  };
}

/** Of points that nothing is known of: n codes, and a palette of one grey that is seen on any ground. */
export function plainColors(n: number): { codes: Uint8Array; palette: Uint8Array } {
  const palette = new Uint8Array(4 * 256).map((_, i) => (i % 4 === 3 ? 255 : 150));
  return { codes: new Uint8Array(n), palette };
}
