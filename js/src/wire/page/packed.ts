/** One comparison out of the parts of a file, each read when it is asked for. */

import { remember } from "../latest.ts";
import type { Column, GroupTable, QualityTable, Traits } from "../model.ts";
import type { Named } from "../named.ts";
import type {
  Frames,
  LabelCodes,
  PageGraph,
  PageGroups,
  PageItem,
  PageSpaces,
  SharedAt,
} from "./data.ts";
import { type DistanceScale, distancesOf } from "./distances.ts";
import type { GraphIndices } from "./graph_numbers.ts";
import { type PartArray, type PartInfo, partBytes, partJson, pause, toArray } from "./parts.ts";

/** What stands first in the file. */
export interface PackedHead {
  traits: Traits;
  /** By name, in the order in which they stand in the file. */
  parts: Record<string, PartInfo>;
  /** Names of columns, by the number in the names of their parts. */
  columns: string[];
  /** Length of the neighbour lists; 0 = there are none. */
  k_lists: number;
  /** Of "a" and "b"; of several spaces by their number. Who has one has lists with distances. */
  scales: Partial<Record<string, DistanceScale>>;
  /** Null = there are no others than A and B. */
  spaces: PackedSpaces | null;
  /** "2026-11-26 23:01 UTC". */
  exported: string;
  version: string;
  /** Null = no limit was set. */
  max_mb: number | null;
  /** What there was no room for, and what the work was stopped before. */
  left_out: string[];
  not_measured: string[];
}

/** What a file says of several spaces, beside their parts. */
export interface PackedSpaces {
  n_components: number;
  kept: (number | null)[];
  /** What chance gives at each k; null = how far pairs agree is not in the file. */
  chance: number[] | null;
}

export class Packed {
  readonly head: PackedHead;
  readonly #n: number;
  readonly #arrays = new Map<string, Promise<PartArray>>();
  readonly #texts = new Map<string, Promise<unknown>>();

  constructor(head: PackedHead) {
    this.head = head;
    this.#n = head.traits.n_items;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.head.parts, name);
  }

  async positions(): Promise<{ a: Uint16Array; b: Uint16Array }> {
    const both = (await this.#array("positions")) as Uint16Array;
    return { a: both.subarray(0, 2 * this.#n), b: both.subarray(2 * this.#n) };
  }

  /** The maps of several spaces. */
  async frames({ n_components: nComponents, kept }: PackedSpaces): Promise<Frames> {
    const of: Uint16Array[] = [];
    while (this.has(`frame.${of.length}`)) {
      of.push((await this.#array(`frame.${of.length}`)) as Uint16Array);
    }
    return { of, nComponents, kept };
  }

  /** How far all pairs of several spaces agree; null when that is not in the file. */
  async matrix({ chance }: PackedSpaces): Promise<PageSpaces["matrix"]> {
    if (!chance) return null;
    const values = (await this.#array("matrix")) as Float32Array;
    return { k_max: chance.length, values, chance };
  }

  /** Who is near to whom, without how far; null when the file has no lists. */
  async indices(): Promise<GraphIndices | null> {
    const k_max = this.head.k_lists;
    if (k_max === 0) return null;
    const [a, b] = this.#looked;
    const indices_a = await this.#lists(a);
    return { k_max, indices_a, indices_b: await this.#lists(b) };
  }

  /** The same graph with its distances. */
  async graph(indices: GraphIndices): Promise<PageGraph> {
    const [a, b] = this.#looked;
    const distances_a = await this.#distances(a);
    return { ...indices, distances_a, distances_b: await this.#distances(b) };
  }

  /** Whether the file has lists of all spaces. */
  get hasAllGraphs(): boolean {
    const { traits, k_lists } = this.head;
    return k_lists > 0 && traits.spaces.every((_, space) => this.has(`indices_${space}.0`));
  }

  /** The graph of each of several spaces, of which those of the two looked at are known. */
  async graphs(known: PageGraph): Promise<PageSpaces["graphs"]> {
    if (!this.hasAllGraphs) return null;
    const { k_max } = known;
    const { spaces, pair_shown } = this.head.traits;
    const unknown = new Float32Array(this.#n * k_max).fill(Number.NaN);
    const of: NonNullable<PageSpaces["graphs"]>["of"] = [];
    for (let space = 0; space < spaces.length; space++) {
      const name = String(space);
      const side = (["a", "b"] as const)[pair_shown.indexOf(space)];
      if (side) {
        of.push({ indices: known[`indices_${side}`], distances: known[`distances_${side}`] });
        continue;
      }
      const indices = await this.#lists(name);
      // There was no room for them.
      const isBare = !this.has(`distances_${name}.0`);
      of.push({ indices, distances: isBare ? unknown : await this.#distances(name) });
    }
    return { k_max, of };
  }

  /** What both share, in a file without lists. */
  async shared(): Promise<SharedAt> {
    const { k_max } = this.head.traits;
    const n = this.#n;
    const counts = new Uint8Array(k_max * n);
    await this.#eachBand("shared", (more, row) => {
      const at = row * n;
      for (let item = 0; item < n; item++) {
        counts[at + item] = more[item] + (row > 0 ? counts[at - n + item] : 0);
      }
    });
    return { k_max, counts };
  }

  async items(): Promise<PageItem[]> {
    const ids = (await this.#json("ids")) as string[];
    const labels = ((await this.#json("labels")) ?? []) as (string | string[] | null)[];
    const texts = ((await this.#json("texts")) ?? []) as (string | null)[];
    const shown = (await this.#json("shown")) as (string | null)[][] | null;
    const images = await this.#pictures();
    return ids.map((id, item) => {
      const label = labels[item] ?? null;
      const all = Array.isArray(label) ? label : label === null ? [] : [label];
      const found: PageItem = {
        id,
        label: all.length > 0 ? all.join(", ") : null,
        labels: all,
        text: texts[item] ?? null,
        image: images?.(item) ?? null,
      };
      return shown ? { ...found, shown: shown.map((column) => column[item]) } : found;
    });
  }

  /** A column that does not follow from the lists; rejects with why it cannot color points. */
  async column(name: string): Promise<Column | null> {
    const at = this.head.columns.indexOf(name);
    if (at < 0 || !this.has(`column.${at}`)) return null;
    const head = (await this.#json(`column.${at}`)) as Column & { error?: string };
    if (head.error) throw new Error(head.error);
    const values = await this.#array(`values.${at}`);
    return head.kind === "category"
      ? { ...head, codes: values as Uint16Array }
      : { ...head, values: values as Float32Array };
  }

  async labels(): Promise<LabelCodes | null> {
    if (!this.has("label_codes")) return null;
    const counts = (await this.#array("label_counts")) as Uint32Array;
    return { starts: startsOf(counts), codes: (await this.#array("label_codes")) as Uint32Array };
  }

  async copyOf(): Promise<Uint32Array | null> {
    return this.has("copy_of") ? ((await this.#array("copy_of")) as Uint32Array) : null;
  }

  async quality(): Promise<QualityTable | null> {
    return (await this.#json("quality")) as QualityTable | null;
  }

  async groups(): Promise<PageGroups | null> {
    if (!this.has("groups")) return null;
    const { table, parts } = (await this.#json("groups")) as {
      table: GroupTable;
      parts: PageGroups["parts"][number]["parts"][];
    };
    const starts = startsOf((await this.#array("group_lengths")) as Uint32Array);
    const steps = (await this.#array("group_items")) as Uint32Array;
    const codes = (await this.#array("group_codes")) as Uint16Array;
    const rows = parts.map((named, row) => {
      const items = steps.slice(starts[row], starts[row + 1]);
      for (let i = 1; i < items.length; i++) items[i] += items[i - 1];
      // 0 is none, which is the largest number on the wire.
      const own = codes.slice(starts[row], starts[row + 1]).map((code) => code - 1);
      return { items, parts: { parts: named, codes: own } };
    });
    return { table, items: rows.map((row) => row.items), parts: rows.map((row) => row.parts) };
  }

  /** Selections by name. */
  async selections(): Promise<Named> {
    const names = (await this.#json("selection_names")) as string[];
    const starts = startsOf((await this.#array("selection_lengths")) as Uint32Array);
    const items = (await this.#array("selection_items")) as Uint32Array;
    return new Map(names.map((name, at) => [name, items.slice(starts[at], starts[at + 1])]));
  }

  async #pictures(): Promise<((item: number) => PageItem["image"]) | null> {
    if (!this.has("pictures")) return null;
    const types = (await this.#json("picture_types")) as string[];
    const codes = (await this.#array("picture_codes")) as Uint8Array;
    const starts = startsOf((await this.#array("picture_lengths")) as Uint32Array);
    const bytes = await partBytes("pictures", { codec: "stored" });
    return (item) => {
      if (codes[item] === 0) return null;
      const type = types[codes[item] - 1];
      return { type, bytes: bytes.subarray(starts[item], starts[item + 1]) };
    };
  }

  /** What the parts of the two are called that are looked at. */
  get #looked(): [a: string, b: string] {
    if (!this.head.spaces) return ["a", "b"];
    const [a, b] = this.head.traits.pair_shown;
    return [String(a), String(b)];
  }

  /** Neighbours of all items, (n, k_lists). */
  async #lists(name: string): Promise<Uint16Array | Uint32Array> {
    const [n, k_max] = [this.#n, this.head.k_lists];
    // As on the wire: the largest number stands for none.
    const found = n <= 65535 ? new Uint16Array(n * k_max) : new Uint32Array(n * k_max);
    const none = n <= 65535 ? 65535 : 2 ** 32 - 1;
    await this.#eachBand(`indices_${name}`, (near, rank) => {
      for (let item = 0, at = rank; item < n; item++, at += k_max) {
        found[at] = near[item] < n ? near[item] : none;
      }
    });
    return found;
  }

  /** How far they are, (n, k_lists). */
  async #distances(name: string): Promise<Float32Array> {
    const [n, k_max] = [this.#n, this.head.k_lists];
    const scale = this.head.scales[name];
    if (!scale) throw new Error(`this file does not say how far neighbours are in ${name}`);
    const table = distancesOf(scale);
    const found = new Float32Array(n * k_max);
    const codes = new Uint16Array(n);
    await this.#eachBand(`distances_${name}`, (more, rank) => {
      for (let item = 0, at = rank; item < n; item++, at += k_max) {
        codes[item] += more[item];
        found[at] = table[codes[item]];
      }
    });
    return found;
  }

  /** Calls `take` for each rank, with a number of each item at it. */
  async #eachBand(name: string, take: (values: PartArray, rank: number) => void): Promise<void> {
    for (let band = 0, rank = 0; this.has(`${name}.${band}`); band++) {
      const values = await this.#array(`${name}.${band}`);
      await pause();
      for (let at = 0; at < values.length; at += this.#n, rank++) {
        take(values.subarray(at, at + this.#n), rank);
      }
      this.#arrays.delete(`${name}.${band}`);
    }
  }

  #array(name: string): Promise<PartArray> {
    return remember(this.#arrays, name, async () => {
      const info = this.head.parts[name];
      if (info?.codec !== "array") throw new Error(`this file has no numbers ${name}`);
      return toArray(await partBytes(name, info), info);
    });
  }

  /** Null when there is no such part. */
  #json(name: string): Promise<unknown> {
    if (!this.has(name)) return Promise.resolve(null);
    return remember(this.#texts, name, () => partJson(name));
  }
}

/** Where each of some runs begins, and where the last one ends. */
function startsOf(lengths: Uint32Array): Uint32Array {
  const starts = new Uint32Array(lengths.length + 1);
  for (let i = 0; i < lengths.length; i++) starts[i + 1] = starts[i] + lengths[i];
  return starts;
}
