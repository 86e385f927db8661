/** What travels between the kernel and the screen: traits, which `state.ts` names, and messages. */

/** One of the two spaces. */
export type Side = "a" | "b";

import type { Traits, TwoOf } from "./state.ts";

export type * from "./state.ts";

/**
 * Whatever stands behind a page. anywidget's model is one as it is, and `index.ts` takes it so;
 * `PageModel` is one that answers from data in the page.
 */
export interface Model {
  get<K extends keyof Traits>(key: K): Traits[K];
  set<K extends keyof Traits>(key: K, value: Traits[K]): void;
  save_changes(): void;
  /** Without buffers: some hosts lose them on this way. */
  send(content: FromScreen, callbacks?: unknown): void;
  on(event: string, callback: (...args: never[]) => void): void;
  off(event: string, callback?: (...args: never[]) => void): void;
  /** Data in the page answers: there is no kernel that could be lost, and no Python beside it. */
  readonly isAlone?: boolean;
  /** False: it has no lists of neighbours, and never will. */
  readonly hasLists?: boolean;
  /** False: it has no lists of other spaces than A and B, and never will. */
  readonly hasAllLists?: boolean;
  /** The notebook's, where there is one: it knows the kernel. */
  readonly widget_manager?: unknown;
}

/** Row positions as little-endian uint32, or one bit an item (lowest bit first), whichever is smaller. */
export type SelectionEncoding = "positions" | "mask";

/** Arrays of all items, which the kernel sends unasked, once, when they become known. */
export type Bulk = "positions" | "shared" | "graph" | "frames" | "matrix" | "graphs";

/**
 * Screen -> kernel.
 *
 * A page says "ready" when it listens. Messages keep their order: whoever has listened since the
 * comm was opened has all that "holds" names; a page that was loaded again fetches what it lacks.
 */
export type FromScreen =
  | { type: "ready" }
  | { type: "fetch"; parts: Bulk[] }
  | { type: "cancel" }
  /** The first map is on the screen: what is slow may begin. */
  | { type: "drawn" }
  /** Rows, written as the trait `selected`, are stored by a name; "forget" deletes one. */
  | { type: "name"; name: string; rows: string }
  | { type: "rename"; name: string; to: string }
  | { type: "forget"; name: string }
  | ({ type: "ask"; request: number } & Question);

/** Everything that the screen may ask for, with its arguments. */
export type Question =
  | { kind: "neighbors"; args: { item: number } }
  | { kind: "rows"; args: { items: number[] } }
  /** `k` counts for columns that are measured at k, and is null for the others. */
  | { kind: "column"; args: { name: string; k: number | null } }
  | { kind: "quality"; args: Record<string, never> }
  | { kind: "label_items"; args: { code: number } }
  | { kind: "groups"; args: Record<string, never> }
  | { kind: "group_items"; args: { row: number } }
  | { kind: "group_parts"; args: { row: number } }
  | { kind: "shared"; args: { k: number } }
  /** As "shared", of any two of several spaces: uint8 (n,). */
  | { kind: "pair_shared"; args: { a: number; b: number; k: number } }
  | { kind: "search"; args: { query: string; limit: number } }
  | { kind: "search_items"; args: { query: string } }
  | { kind: "ranks"; args: { by: RankedBy } }
  | { kind: "texts"; args: { items: number[] } };

/** What items are put in order by; a number is that of a column of the trait `show`. */
export type RankedBy = "id" | "label" | "text" | number;

/** Kernel -> screen. Buffers come beside the message, little-endian. */
export type FromKernel =
  /** buffers: a, b; uint16 (n, 2), both in one unit square, y upwards. */
  | { type: "positions"; version: number; reducer: string }
  /** buffer: uint8 (k_max, n): neighbours shared at k = row + 1. */
  | { type: "shared"; version: number; k_max: number; pair: TwoOf }
  /** buffers: indices_a, distances_a, indices_b, distances_b; indices (n, k_max), float32 distances. */
  | { type: "graph"; version: number; k_max: number; dtype: "uint16" | "uint32"; pair: TwoOf }
  /**
   * Of several spaces, in place of "positions" and "graph". Buffers: the map of each space, uint16
   * (n, n_components), all in one unit square or cube; n_components is 2 or 3. `kept` is the share
   * of the neighbours of each space that are near on its map; null = not measured.
   */
  | {
      type: "frames";
      version: number;
      reducer: string;
      n_components: number;
      kept: (number | null)[];
    }
  /**
   * Buffer: float32 (n_pairs, k_max, 3): mean Jaccard index and its 95 % interval at k = row + 1,
   * for (0, 1), (0, 2) ... (1, 2) ...; `chance` is that of unrelated spaces, for each k.
   */
  | { type: "matrix"; version: number; k_max: number; chance: number[] }
  /** Buffers: indices and distances of each space, as those of "graph". Only where all are small. */
  | { type: "graphs"; version: number; k_max: number; dtype: "uint16" | "uint32" }
  /** Answer to "ready": the latest version of all bulk that has been sent. */
  | { type: "holds"; versions: Partial<Record<Bulk, number>> }
  /** All selections that have a name, in their order; one buffer each. */
  | { type: "selections"; names: string[]; encodings: SelectionEncoding[] }
  | Piece
  /** A message that is long itself, in pieces alone: UTF-8 of its JSON behind its own buffers. */
  | { type: "written" }
  | { type: "reply"; request: number; result: unknown; error: string };

/**
 * A part of a message above 3 MB, with one buffer of 3 MB at most. The pieces fill the message's
 * buffers one after the other.
 */
export interface Piece {
  type: "piece";
  /** The same for all pieces of a message. */
  transfer: number;
  /** 0, 1, 2 ... within the transfer. */
  index: number;
  /** With piece 0 alone: the message, and the bytes of each of its buffers. */
  whole?: FromKernel;
  sizes?: number[];
}

/** Answer to "neighbors". Nearest first, k_max long, the item itself excluded. */
export interface NeighborLists {
  indices_a: Uint32Array | Uint16Array;
  distances_a: Float32Array;
  indices_b: Uint32Array | Uint16Array;
  distances_b: Float32Array;
}

/** Answer to "rows": what is shown of an item. */
export interface Row {
  item: number;
  id: string;
  label: string | null;
  /** The label, or all of them where items have sets of labels; [] = none. */
  labels: string[];
  text: string | null;
  /** Values of the columns of the trait `show`, in their order; null = missing. */
  shown: readonly (string | null)[];
  /** A `blob:` or `data:` URL of a checked image type. */
  image: string | null;
}

/** Answer to "column". */
export type Column =
  | {
      kind: "category";
      name: string;
      /** Most frequent first. */
      categories: string[];
      counts: number[];
      missing: number;
      /** All codes as their values are ordered; left out: the values have no order. */
      order?: number[];
      /** Index into `categories`, (n,); 65535 = missing. */
      codes: Uint16Array;
    }
  | {
      kind: "numeric" | "difference";
      name: string;
      /** Ends of the colours, above the base; what lies outside has the colour of the end. */
      min: number;
      max: number;
      missing: number;
      /** Of the missing, those whose value is infinite; left out: none. */
      infinite?: number;
      /** What all values lie above; as a text where no number holds it; left out: 0. */
      base?: number | string;
      /**
       * Left out: plain numbers. "date" = seconds since 1970, "utc" = of a column with a time zone,
       * "duration" = seconds, "time" = seconds of the day.
       */
      unit?: "date" | "utc" | "duration" | "time";
      /** All values lie on this many equal steps from min to max; left out: anywhere. */
      steps?: number;
      /** Items below `min` and above `max`, which lie far out; left out: none. */
      below?: number;
      above?: number;
      /** (n,), above the base; NaN = missing. */
      values: Float32Array;
    };

/** Who is better, where a difference is shown. */
export type Better = "A" | "B" | "";

/** A metric of both spaces for the items of one label. */
export type LabelRow = [
  label: string,
  /** Names the label in "label_items"; -1 = all labels. */
  code: number,
  n: number,
  a: number,
  b: number,
  difference: number,
  low: number,
  high: number,
  better: Better,
];

/** Answer to "quality". */
export interface QualityTable {
  metrics: QualityMetric[];
}

export interface QualityMetric {
  /** "precision_at_1", "mean_average_precision_at_r" ... */
  metric: string;
  verdict: string;
  /** All labelled items. */
  overall: LabelRow;
  /** Largest difference first. */
  rows: LabelRow[];
  /** Labels there are; above `rows.length` when the last ones stayed in the kernel. */
  total: number;
}

/** A group of one space that the other does not have as it is. */
export interface GroupRow {
  /** Names the change in "group_items" and "group_parts". */
  row: number;
  change: "splits" | "merges" | "appears" | "dissolves";
  name: string;
  /** The label that most of its items have, and the share of them; "" without a label. */
  label: string;
  label_share: number;
  /** Groups of the other space that it becomes. */
  parts: number;
  n_items: number;
  /** 0..1 */
  share_changed: number;
  /** 0 = a border that fell elsewhere by chance, 1 = the neighbours are others. */
  evidence: number;
}

/** Answer to "groups". */
export interface GroupTable {
  /** Largest change first. */
  rows: GroupRow[];
  /** Changes there are; above `rows.length` when the last ones stayed in the kernel. */
  total: number;
  /** Groups that both spaces have, and the items that are in them in both. */
  kept: number;
  kept_items: number;
  /** Groups in each space. */
  n_groups_a: number;
  n_groups_b: number;
}

/** Answer to "group_parts": a group's items by the groups of the other space. */
export interface GroupParts {
  parts: GroupPart[];
  /** Row positions, ascending. */
  items: Uint32Array;
  /** Index into `parts` of each of these items; 65535 = in none of them. */
  codes: Uint16Array;
}

export interface GroupPart {
  name: string;
  n_items: number;
}

/** Answer to "search". */
export interface SearchResult {
  items: number[];
  total: number;
}

/**
 * Answer to "texts": whole texts of each item, in columns: id, label, text, and those of the trait
 * `show`; null = missing.
 */
export interface ItemTexts {
  columns: (string | null)[][];
}
