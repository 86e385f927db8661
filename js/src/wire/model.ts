/** What travels between the kernel and the screen: every synced trait and every message, by name. */

/** One of the two spaces. */
export type Side = "a" | "b";

/** What is known of a space, for the header and the maps' titles. */
export interface SpaceInfo {
  name: string;
  n_dims: number;
  metric: string;
  /** What the distances of the metric are called at the head of their column. */
  distance: string;
  /** "exact", "nndescent" ...; "" until the graph is there. */
  engine: string;
  /** Sampled recall of an approximate graph in [0, 1]; null when the graph is exact. */
  recall: number | null;
}

/** A column that the points can be coloured by. */
export interface ColumnInfo {
  name: string;
  /** What the menu calls it. */
  title: string;
  /** "difference" is numeric too: B - A, around 0. */
  kind: "coincidence" | "category" | "numeric" | "difference";
  /** Whether it came with the items or was measured; "measured_at_k" changes with k. */
  source: "metadata" | "measured" | "measured_at_k";
}

/** One k of the curve: mean Jaccard, its 95 % interval, and what chance would give. */
export type CurvePoint = [value: number, low: number, high: number, chance: number];

/** How far a number is that is measured after the neighbours. */
export interface NumberInfo {
  /** "none" = cannot be had. */
  state: "none" | "coming" | "known" | "failed" | "stopped";
  /** Why there is none, what went wrong, or what was sampled; "" = nothing to say. */
  note: string;
}

export interface Numbers {
  chance: NumberInfo;
  groups: NumberInfo;
  faithfulness: NumberInfo;
  quality: NumberInfo;
}

/** What two unrelated spaces would share, by permutation. Entry k - 1 of each list belongs to k. */
export interface ChanceInfo {
  n_permutations: number;
  /** Standard deviations of the value above chance; null where chance does not vary. */
  z: (number | null)[];
  /** What the classes that both spaces tell apart would give alone; null without a label. */
  within: number[] | null;
  /** In plain words. */
  verdicts: string[];
}

/** How far a map can be believed; null where it cannot be said. */
export interface MapFaithfulness {
  /** Share of the true neighbours that are near on the map. */
  kept: number | null;
  trustworthiness: number | null;
  continuity: number | null;
  /** Spearman's, of the distances on the map with those in the space. */
  rank_correlation: number | null;
  n_neighbors: number;
  /** Items looked at. */
  n_items: number;
  sampled: boolean;
}

export interface Faithfulness {
  a: MapFaithfulness;
  b: MapFaithfulness;
}

/** How far the worker is. `step` is "" when nothing is under way. */
export interface Progress {
  step: string;
  /** Share of the whole work that is done, 0..1; below 1 with a step of "" = stopped. */
  share: number;
  /** How long the rest will take; null while that is not known. */
  seconds_left: number | null;
}

export interface JoinInfo {
  matched: number;
  only_a: number;
  only_b: number;
}

/** Every synced trait of `EmbeddingCompare`; `tests/test_traits.py` compares the two lists. */
export interface Traits {
  n_items: number;
  space_a: SpaceInfo;
  space_b: SpaceInfo;
  /** Name of the reducer that drew the maps on the screen: "pca", "umap" ... */
  reducer: string;
  /** Number of neighbours compared, 1..k_max. */
  k: number;
  /** Length of the neighbour lists. */
  k_max: number;
  /** Name of a measured column, "coincidence" first of all, or of a metadata column. */
  color_by: string;
  columns: ColumnInfo[];
  /** Names of the metadata columns shown with each item; "" = none. */
  label: string;
  text: string;
  image: string;
  /** One entry for each k = 1..k_max; empty until both graphs are there. */
  curve: CurvePoint[];
  /** What the permutations gave; null until they did. */
  chance: ChanceInfo | null;
  /** Of the final maps; null until it is measured. */
  faithfulness: Faithfulness | null;
  numbers: Numbers;
  join_report: JoinInfo;
  progress: Progress;
  /** Row position of the item whose neighbours are asked for. */
  focus: number | null;
  /** One line that says what went wrong and what to do; "" = nothing. */
  error: string;
  /** Height of the maps in CSS pixels. */
  height: number;
}

/**
 * Whatever stands behind a page. anywidget's model is one as it is, and `index.ts` takes it so;
 * `PageModel` is one that answers from data in the page.
 */
export interface Model {
  get<K extends keyof Traits>(key: K): Traits[K];
  set<K extends keyof Traits>(key: K, value: Traits[K]): void;
  save_changes(): void;
  send(content: FromScreen, callbacks?: unknown, buffers?: (ArrayBuffer | ArrayBufferView)[]): void;
  on(event: string, callback: (...args: never[]) => void): void;
  off(event: string, callback?: (...args: never[]) => void): void;
}

/** Row positions as little-endian uint32, or one bit an item (lowest bit first), whichever is smaller. */
export type SelectionEncoding = "positions" | "mask";

/** Arrays of all items, which the kernel sends unasked, once, when they become known. */
export type Bulk = "positions" | "shared" | "graph";

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
  | { type: "selection"; encoding: SelectionEncoding }
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
  | { kind: "shared"; args: { k: number } }
  | { kind: "search"; args: { query: string; limit: number } };

/** Kernel -> screen. Buffers come beside the message, little-endian. */
export type FromKernel =
  /** buffers: a, b; uint16 (n, 2), both in one unit square, y upwards. */
  | { type: "positions"; version: number; reducer: string }
  /** buffer: uint8 (k_max, n): neighbours shared at k = row + 1. */
  | { type: "shared"; version: number; k_max: number }
  /** buffers: indices_a, distances_a, indices_b, distances_b; indices (n, k_max), float32 distances. */
  | { type: "graph"; version: number; k_max: number; dtype: "uint16" | "uint32" }
  /** Answer to "ready": the latest version of all bulk that has been sent. */
  | { type: "holds"; versions: Partial<Record<Bulk, number>> }
  | { type: "selection"; encoding: SelectionEncoding }
  | Piece
  | { type: "reply"; request: number; result: unknown; error: string };

/**
 * A part of a message above 16 MB, with one buffer of 8 MB at most. The pieces fill the message's
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
  /** An object URL of a checked image type. */
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
      /** Index into `categories`, (n,); 65535 = missing. */
      codes: Uint16Array;
    }
  | {
      kind: "numeric" | "difference";
      name: string;
      /** Ends of the colours; what lies outside has the colour of the end. */
      min: number;
      max: number;
      missing: number;
      /** All values lie on this many equal steps from min to max; left out: anywhere. */
      steps?: number;
      /** Items above `max`; left out: none. */
      above?: number;
      /** (n,); NaN = missing. */
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
  /** Names the change in "group_items". */
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

/** Answer to "search". */
export interface SearchResult {
  items: number[];
  total: number;
}
