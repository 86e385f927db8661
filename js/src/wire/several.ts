/** Several spaces of the same items: which two are compared, and what the page knows of any two itself. */

import { asFloat32, asUint16, asUint32 } from "./arrays.ts";
import type { Channel } from "./channel.ts";
import type {
  ColumnInfo,
  CurvePoint,
  FromKernel,
  Model,
  NeighborLists,
  NumberInfo,
  NumberInfos,
  Question,
  Traits,
  TwoOf,
} from "./model.ts";
import type { Frames } from "./page/data.ts";
import { PairCounts } from "./pair_counts.ts";

/** The two maps on the screen: uint16 (n, nComponents) each. */
export interface Maps {
  a: Uint16Array;
  b: Uint16Array;
  nComponents: number;
  /** False: the points are to be there at once. */
  travel: boolean;
}

/** Whatever is said of two spaces, and not of the items. */
export const OF_PAIR = [
  "space_a",
  "space_b",
  "as_given",
  "curve",
  "mean_shared",
  "chance",
  "quality",
  "faithfulness",
  "numbers",
  "pair",
  "pair_shown",
] as const satisfies readonly (keyof Traits)[];
export type OfPair = (typeof OF_PAIR)[number];

const QUESTIONS_OF_PAIR: ReadonlySet<Question["kind"]> = new Set([
  "neighbors",
  "quality",
  "groups",
  "group_items",
  "group_parts",
  "shared",
]);

/** All numbers in one state. */
function numbersIn(state: NumberInfo["state"]): NumberInfos {
  const info = { state, note: "" };
  return { chance: info, groups: info, faithfulness: info, quality: info };
}
const [COMING, STOPPED] = [numbersIn("coming"), numbersIn("stopped")];

/** Stands in the place of numbers that a file has for one pair alone. */
export const NOT_IN_FILE = "not measured in this file";

export class Several {
  frames: Frames | null = null;
  readonly #model: Model;
  readonly #counts: PairCounts;
  readonly #onChange: (traits: readonly OfPair[]) => void;
  /** float32 (n_pairs, k_max, 3): value, low, high. */
  #matrix: { values: Float32Array; kMax: number; chance: readonly number[] } | null = null;
  /** Of each space. */
  #graphs: { indices: NeighborLists["indices_a"]; distances: Float32Array }[] | null = null;
  #kMax = 0;
  #pair: TwoOf;
  /** The two chosen are soon others: a player goes on. */
  #isPassing = false;
  #isCut = false;
  /** Questions that wait until it rests. */
  #held: (() => void)[] = [];
  #mean: { of: Uint8Array; found: number[] } | null = null;
  /** The curve of the chosen two, of the matrix. */
  #curve: CurvePoint[] | null = null;

  /** @param onChange called with what is new to know of the chosen two */
  constructor(model: Model, channel: Channel, onChange: (traits: readonly OfPair[]) => void) {
    this.#model = model;
    this.#onChange = onChange;
    this.#pair = model.get("pair");
    this.#counts = new PairCounts(channel, model.get("n_items"));
  }

  /** Whether the kernel is gone, and will say nothing of the chosen two. */
  setCut(isCut: boolean): void {
    if (isCut === this.#isCut) return;
    this.#isCut = isCut;
    if (this.isAhead) this.#onChange(["numbers"]);
  }

  /** Whether there are others than the two that are compared. */
  get areThere(): boolean {
    return this.#model.get("spaces").length > 0;
  }

  /** Which two are compared. */
  get pair(): TwoOf {
    return this.#pair;
  }

  /** What the kernel says is of other two: of these the page says what it knows. */
  get isAhead(): boolean {
    return this.areThere && !isSame(this.#pair, this.#model.get("pair_shown"));
  }

  /** No neighbours of the chosen two are here, and none will be: a file has no room for them. */
  get lacksLists(): boolean {
    return this.isAhead && this.#model.hasAllLists === false;
  }

  /** Whether the agreement of any two is known. */
  get hasMatrix(): boolean {
    return this.#matrix !== null;
  }

  /**
   * Turns to two others, for this page alone. Returns false where they are the same two.
   *
   * @param isPassing they are soon others, so that nothing is to be asked of them
   */
  turnTo(pair: TwoOf, isPassing: boolean): boolean {
    this.#isPassing = isPassing;
    if (isSame(pair, this.#pair)) return false;
    this.#pair = [pair[0], pair[1]];
    this.#curve = null;
    this.#held = [];
    return true;
  }

  /** What holds a question back until its two spaces are those that stay; null = nothing. */
  hold(question: Question): Promise<void> | null {
    if (!this.#isPassing || !this.isOfPair(question)) return null;
    return new Promise((resolve) => this.#held.push(resolve));
  }

  /** The two chosen stay: lets go what was held back. */
  rest(): void {
    this.#isPassing = false;
    for (const release of this.#held.splice(0)) release();
  }

  /** Whether an answer is of two spaces, and no longer right when two others are chosen. */
  isOfPair(question: Question): boolean {
    return isOfPair(question, this.#model.get("columns"));
  }

  /** Whether a column came with the items, whatever the spaces. */
  isMetadata(name: string): boolean {
    return isMetadata(name, this.#model.get("columns"));
  }

  /** Takes what was sent of all spaces. */
  take(
    message: FromKernel & { type: "frames" | "matrix" | "graphs" },
    buffers: readonly DataView[],
  ): void {
    if (message.type === "frames") {
      const { n_components: nComponents, kept } = message;
      this.frames = { of: buffers.map(asUint16), nComponents, kept };
    } else if (message.type === "matrix") {
      const { k_max: kMax, chance } = message;
      this.#matrix = { values: asFloat32(buffers[0]), kMax, chance };
      this.#curve = null;
    } else {
      const asIndices = message.dtype === "uint16" ? asUint16 : asUint32;
      this.#kMax = message.k_max;
      this.#graphs = Array.from({ length: buffers.length / 2 }, (_, space) => ({
        indices: asIndices(buffers[2 * space]),
        distances: asFloat32(buffers[2 * space + 1]),
      }));
    }
  }

  /** The maps of the chosen two. */
  maps(travel: boolean): Maps | null {
    if (!this.frames) return null;
    const [a, b] = this.#pair.map((space) => this.frames?.of[space]);
    return a && b ? { a, b, nComponents: this.frames.nComponents, travel } : null;
  }

  /** Share of the neighbours that are near on the map of each of the chosen two. */
  get kept(): (number | null)[] {
    return this.#pair.map((space) => this.frames?.kept[space] ?? null);
  }

  /** Neighbours of all items in the chosen two, (n, kMax) each; null where they are not here. */
  get graph(): (NeighborLists & { kMax: number }) | null {
    const [a, b] = this.#pair.map((space) => this.#graphs?.[space]);
    if (!a || !b) return null;
    return {
      indices_a: a.indices,
      distances_a: a.distances,
      indices_b: b.indices,
      distances_b: b.distances,
      kMax: this.#kMax,
    };
  }

  /** How far two spaces agree at k; null where that is not known. */
  agreement(one: number, other: number, k: number): CurvePoint | null {
    const matrix = this.#matrix;
    const row = matrix ? this.indexOf(one, other) * matrix.kMax + k - 1 : -1;
    if (!matrix || k < 1 || k > matrix.kMax || 3 * row + 2 >= matrix.values.length) return null;
    const [value, low, high] = matrix.values.subarray(3 * row, 3 * row + 3);
    return [value, low, high, matrix.chance[k - 1]];
  }

  /** Where two spaces stand in a list of all pairs: (0, 1), (0, 2) ... (1, 2) ... */
  indexOf(one: number, other: number): number {
    const n = this.#model.get("spaces").length;
    const [low, high] = one < other ? [one, other] : [other, one];
    return (low * (2 * n - low - 1)) / 2 + high - low - 1;
  }

  /**
   * Neighbours that the chosen two share at k, uint8 (n,); null while no neighbours are known, and
   * null from a promise whose question was overtaken by a later one.
   */
  shared(k: number): Uint8Array | Promise<Uint8Array | null> | null {
    const [a, b] = this.#pair;
    const known = this.#counts.peek(a, b, k, this.graph);
    const isUnknown = !this.hasMatrix && this.#model.get("curve").length === 0;
    if (known || isUnknown || this.lacksLists) return known;
    const asked = this.#counts.ask(a, b, k);
    void asked.then(
      (counts) => counts && isSame(this.#pair, [a, b]) && this.#onChange(["mean_shared"]),
      () => {},
    );
    return asked;
  }

  /** Asks for what two will share that are chosen next, before they are. */
  lookAhead([a, b]: TwoOf, k: number): void {
    if (!this.#graphs && this.hasMatrix && this.#model.hasAllLists !== false)
      this.#counts.askAhead(a, b, k);
  }

  /** What is to be said of the chosen two in place of the kernel's word of others. */
  overlaid<K extends keyof Traits>(key: K): Traits[K] | undefined {
    if (key === "pair" && this.areThere) return this.#pair as Traits[K];
    return this.isAhead ? (this.#overlay(key) as Traits[K] | undefined) : undefined;
  }

  #overlay(key: keyof Traits): Traits[keyof Traits] | undefined {
    const spaces = this.#model.get("spaces");
    switch (key) {
      case "space_a":
        return spaces[this.#pair[0]];
      case "space_b":
        return spaces[this.#pair[1]];
      case "as_given":
        return [];
      case "curve":
        return this.#curveOfPair();
      case "mean_shared":
        return this.#meanShared();
      case "chance":
      case "quality":
      case "faithfulness":
        return null;
      case "numbers":
        if (this.#model.isAlone) return this.#numbersOfFile();
        return this.#isCut ? STOPPED : COMING;
      case "columns":
        return this.#model.isAlone ? this.#columnsOfFile() : undefined;
      default:
        return undefined;
    }
  }

  /** What cannot be had of any pair says why; the rest takes a kernel. */
  #numbersOfFile(): NumberInfos {
    const infos = { ...this.#model.get("numbers") };
    for (const name of Object.keys(infos) as (keyof NumberInfos)[]) {
      if (infos[name].state !== "none") infos[name] = { state: "none", note: NOT_IN_FILE };
    }
    return infos;
  }

  /** Those that the page measures in the lists that are here, and those that came with the items. */
  #columnsOfFile(): ColumnInfo[] {
    const isHere = ({ source, kind }: ColumnInfo) =>
      source === "metadata" ||
      kind === "coincidence" ||
      (source !== "measured" && !this.lacksLists);
    return this.#model.get("columns").filter(isHere);
  }

  #curveOfPair(): CurvePoint[] {
    const [a, b] = this.#pair;
    this.#curve ??= Array.from(
      { length: this.#matrix?.kMax ?? 0 },
      (_, row) => this.agreement(a, b, row + 1) as CurvePoint,
    );
    return this.#curve;
  }

  /** At the k at hand alone. */
  #meanShared(): number[] {
    const k = this.#model.get("k");
    const counts = this.#counts.peek(...this.#pair, k, this.graph);
    if (!counts) return [];
    if (this.#mean?.of !== counts) {
      const found: number[] = [];
      let sum = 0;
      for (const shared of counts) sum += shared;
      found[k - 1] = sum / counts.length;
      this.#mean = { of: counts, found };
    }
    return this.#mean.found;
  }
}

/** Whether an answer is of two spaces, and no longer right when two others are chosen. */
export function isOfPair(question: Question, columns: readonly ColumnInfo[]): boolean {
  if (question.kind !== "column") return QUESTIONS_OF_PAIR.has(question.kind);
  return !isMetadata(question.args.name, columns);
}

function isMetadata(name: string, columns: readonly ColumnInfo[]): boolean {
  return columns.some((column) => column.name === name && column.source === "metadata");
}

export function isSame([a, b]: TwoOf, [c, d]: TwoOf): boolean {
  return a === c && b === d;
}
