/** Written from `embwidget/session/wire/state.py` by `make types`: change it there. */

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

/** Positions of two spaces among all of them. */
export type TwoOf = [a: number, b: number];

/** One k of the curve: mean Jaccard, its 95 % interval, and what chance would give. */
export type CurvePoint = [value: number, low: number, high: number, chance: number];

/** How far a number is that is measured after the neighbours. */
export interface NumberInfo {
  /** "none" = cannot be had. */
  state: "none" | "coming" | "known" | "failed" | "stopped";
  /** Why there is none, what went wrong, or what was sampled; "" = nothing to say. */
  note: string;
}

/** Where each number stands that is measured after the neighbours. */
export interface NumberInfos {
  chance: NumberInfo;
  groups: NumberInfo;
  faithfulness: NumberInfo;
  quality: NumberInfo;
}

/** What two unrelated spaces would share, by permutation; entry k - 1 of a list belongs to k. */
export interface ChanceInfo {
  n_permutations: number;
  /** Standard deviations of the value above chance; null where chance does not vary. */
  z: (number | null)[];
  /** What the classes that both spaces tell apart would give alone; null without a label. */
  within: number[] | null;
  /** In plain words. */
  verdicts: string[];
}

/** Which space is better by the labels, over all items that have one. */
export interface QualityInfo {
  metric: string;
  a: number;
  b: number;
  /** b - a. */
  difference: number;
  /** 95 % interval of the difference; null where it cannot be said. */
  low: number | null;
  high: number | null;
  /** "" where no difference is shown. */
  better: "A" | "B" | "";
  /** "A is better on 27 of 40 labels, B on none". */
  labels: string;
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

/** How far each of the final maps can be believed. */
export interface FaithfulnessInfo {
  a: MapFaithfulness;
  b: MapFaithfulness;
}

/** How well each of several spaces finds the items of a label. */
export interface SpaceQualityInfo {
  metric: string;
  /** One for each space. */
  values: number[];
  /** 95 % interval of each; null where it cannot be said. */
  low: (number | null)[];
  high: (number | null)[];
  /** What the metric gives where items lie anywhere. */
  shuffled: number;
}

/**
 * Whether pairs of spaces agree by more than chance, by permutation, at one k.
 *
 * A list has one entry for each pair, in the order of the ``matrix`` message.
 */
export interface PairsTestInfo {
  k: number;
  n_permutations: number;
  /** Standard deviations above chance. */
  z: (number | null)[];
  /** Counts that all pairs were looked at. */
  p_value: number[];
}

/** How far the worker is. */
export interface ProgressInfo {
  /** "" when nothing is under way. */
  step: string;
  /** Share of the whole work that is done, 0..1; below 1 with a step of "" = stopped. */
  share: number;
  /** How long the rest will take; null while that is not known. */
  seconds_left: number | null;
}

/** Items in both spaces, in one alone, and without a vector; how that was found. */
export interface JoinInfo {
  matched: number;
  only_a: number;
  only_b: number;
  dropped_a: number;
  dropped_b: number;
  /** "by id", "by index", "by position" ... */
  paired_by: string;
  /** How the metadata was aligned, what was guessed, and what looks wrong. */
  notes: string[];
}

/**
 * All that a screen is told of, beside what is large: that goes by message.
 *
 * Everything is JSON. A host hears of each change and hands it on to its screen.
 */
export interface Traits {
  /** Items that are in both spaces. */
  n_items: number;
  /** The first space. */
  space_a: SpaceInfo;
  /** The second space. */
  space_b: SpaceInfo;
  /** Name of what drew the maps that are shown: "pca" at first, "umap" ... or "as given". */
  reducer: string;
  /** Spaces whose map no reducer draws: it was given, or they have two dimensions. */
  as_given: ("a" | "b")[];
  /** Neighbours compared, 1..k_max. */
  k: number;
  /** Length of the neighbour lists. */
  k_max: number;
  /** Name of the column that colours the points, measured or of the metadata. */
  color_by: string;
  /** Each column that can colour the points now. */
  columns: ColumnInfo[];
  /** Metadata column with the classes; "" = none. */
  label: string;
  /** Metadata column with a text of each item; "" = none. */
  text: string;
  /** More metadata columns that are shown with each item, in the order of ``Row.shown``. */
  show: string[];
  /** What holds a picture of each item: a metadata column or "image"; "" = none. */
  image: string;
  /** How many pictures cannot be read, and why the first cannot; "" = nothing to say. */
  image_note: string;
  /** Height of the maps in CSS pixels. */
  height: number;
  /** How the items were paired. */
  join_report: JoinInfo;
  /** Where each number stands that is measured after the neighbours. */
  numbers: NumberInfos;
  /** How far the work is. */
  progress: ProgressInfo;
  /** One entry for each k = 1..k_max; empty until both graphs are there. */
  curve: CurvePoint[];
  /** Neighbours of an item that are the same, on average, for each k; empty as the curve is. */
  mean_shared: number[];
  /** What the permutations gave; null until they are done. */
  chance: ChanceInfo | null;
  /** Which space is better by the labels; null until it is measured, or when it cannot be. */
  quality: QualityInfo | null;
  /** How far the final maps can be believed; null until it is measured. */
  faithfulness: FaithfulnessInfo | null;
  /** All spaces, of which two are compared; empty where there are no others. */
  spaces: SpaceInfo[];
  /** What stands for each space on an axis, where they are the steps of a series; else empty. */
  steps: (number | string)[];
  /** Which of the spaces are compared, as a person chose: A and B. */
  pair: TwoOf;
  /** Which of them all the fields above are of; soon those of `pair`. */
  pair_shown: TwoOf;
  /** How good each of the spaces is by the labels; null until it is measured, or without them. */
  space_quality: SpaceQualityInfo | null;
  /** Whether pairs of spaces agree by more than chance; null until it is measured. */
  pairs_test: PairsTestInfo | null;
  /** Row position of the item whose neighbours are shown. */
  focus: number | null;
  /** Of this session alone: by it a page knows what else belongs to it. */
  key: string;
  /** Selected rows: "positions:" or "mask:", and base64 of them; "" = none. */
  selected: string;
  /** One line that says what went wrong and what to do; "" = nothing. */
  error: string;
}
