/** One comparison as data in a page: what cannot be computed here from the graphs and the labels. */

import type { Column, GroupParts, GroupTable, NeighborLists, QualityTable } from "../model.ts";

/** Indices of neighbours, (n, k_max), nearest first; a number of n or above stands for none. */
export type Indices = NeighborLists["indices_a"];

/** What is known of an item; texts are whole, and cut when they are shown. */
export interface PageItem {
  id: string;
  label: string | null;
  /** The label, or all of them where items have sets of labels; [] = none. */
  labels: readonly string[];
  text: string | null;
  /** Values of the columns of the trait `show`; left out where there are none. */
  shown?: readonly (string | null)[];
  image: PageImage | null;
}

export interface PageImage {
  /** "image/png" ... */
  type: string;
  bytes: Uint8Array;
}

/** Neighbour lists of all items, (n, k_max) each; a number that is no item's stands for none. */
export interface PageGraph extends NeighborLists {
  k_max: number;
}

/** How many neighbours both spaces share, where that is known without the lists. */
export interface SharedAt {
  k_max: number;
  /** uint8 (k_max, n). */
  counts: Uint8Array;
}

/** The labels of each item as numbers, those of `QualityTable`. */
export interface LabelCodes {
  /** (n + 1,): item i has the codes from `starts[i]` to `starts[i + 1]`. */
  starts: Uint32Array;
  /** Ascending within an item. */
  codes: Uint32Array;
}

export interface PageGroups {
  table: GroupTable;
  /** Row positions, ascending, of the items of each row of the table. */
  items: readonly Uint32Array[];
  /** What they are in the other space. */
  parts: readonly Omit<GroupParts, "items">[];
}

/** The maps of all spaces. */
export interface Frames {
  /** uint16 (n, nComponents) of each space, all in one unit square or cube, y upwards. */
  of: readonly Uint16Array[];
  nComponents: number;
  /** Share of the neighbours of each space that are near on its map; null = not measured. */
  kept: readonly (number | null)[];
}

/** Maps, agreement and neighbours of several spaces, of which two are compared; null = not known. */
export interface PageSpaces {
  frames: Frames | null;
  /** float32 (n_pairs, k_max, 3), and what chance gives at each k. */
  matrix: { k_max: number; values: Float32Array; chance: number[] } | null;
  /** Lists of all items in each space, (n, k_max) each. */
  graphs: { k_max: number; of: { indices: Indices; distances: Float32Array }[] } | null;
}

/** Null or left out of `columns` is what is not known, or not yet. */
export interface PageData {
  items: readonly PageItem[];
  /** uint16 (n, 2), both in one unit square, y upwards. */
  positions: { a: Uint16Array; b: Uint16Array } | null;
  graph: PageGraph | null;
  shared: SharedAt | null;
  /** (n,): the item whose copy each is, where copies count in no number; null = all count. */
  copyOf: Uint32Array | null;
  labels: LabelCodes | null;
  /** By name: metadata, and what was measured for one k alone. */
  columns: ReadonlyMap<string, Column>;
  quality: QualityTable | null;
  groups: PageGroups | null;
  spaces: PageSpaces | null;
}
