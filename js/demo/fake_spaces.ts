/** A kernel of several made-up spaces of the same items: models side by side, or the steps of a training. */

import type { Bulk, CurvePoint, SpaceInfo, Traits, TwoOf } from "../src/wire/model.ts";
import type { PageSpaces } from "../src/wire/page/data.ts";
import { sharedAt, sharedCounts } from "../src/wire/page/graph_numbers.ts";
import { type FakeData, makeData, randomSource } from "./fake_data.ts";
import { FakeKernel, type FakeOptions, finished } from "./fake_kernel.ts";

export interface FakeSpacesOptions extends FakeOptions {
  n: number;
  kMax: number;
  spaces: number;
  isSeries?: boolean;
  names?: string[];
  nComponents?: 2 | 3;
  /** Milliseconds that the kernel takes to turn to another pair; null = it never does. */
  turnMs?: number | null;
}

const MODELS = ["CLIP", "DINOv2", "MAE", "SigLIP", "ResNet-50", "ViT-B/16", "EVA-02", "BEiT"];

/** Each space lies between the two of `makeData`, the first ones far from the last. */
interface FakeSpace {
  indices: Uint32Array;
  distances: Float32Array;
  frame: Uint16Array;
}

export class FakeSpacesKernel extends FakeKernel {
  readonly several: FakeSpace[];
  readonly #turnMs: number | null;
  #turning: ReturnType<typeof setTimeout> | undefined;

  constructor(options: FakeSpacesOptions) {
    const { n, kMax, spaces, isSeries = false, nComponents = 2, turnMs = 0 } = options;
    const data = makeData(n, kMax);
    const several = makeSpaces(data, spaces, nComponents);
    const names = Array.from(
      { length: spaces },
      (_, i) => options.names?.[i] ?? (isSeries ? `epoch ${i}` : (MODELS[i] ?? `model ${i}`)),
    );
    const infos = names.map(
      (name): SpaceInfo => ({
        name,
        n_dims: 128,
        metric: "cosine",
        distance: "cos. dist.",
        engine: "exact",
        recall: null,
      }),
    );
    const pair: TwoOf = isSeries ? [0, spaces - 1] : [0, 1];
    const traits: Partial<Traits> = {
      spaces: infos,
      steps: isSeries ? names.map((_, step) => step) : [],
      pair,
      pair_shown: pair,
      space_a: infos[pair[0]],
      space_b: infos[pair[1]],
      space_quality: {
        metric: "mean_average_precision_at_r",
        values: names.map((_, i) => 0.5 + 0.4 * Math.sin(1 + i)),
        low: names.map((_, i) => 0.49 + 0.4 * Math.sin(1 + i)),
        high: names.map((_, i) => 0.51 + 0.4 * Math.sin(1 + i)),
        shuffled: 0.14,
      },
      ...options.traits,
    };
    super(data, { ...options, withheld: [...(options.withheld ?? []), "positions"], traits });
    this.several = several;
    this.#turnMs = turnMs;
  }

  override sendAll(what: "all" | "maps" | "none"): void {
    if (what === "none") return;
    const { several } = this;
    const { k_max } = this.data;
    const first = several[0].frame.length / this.data.n;
    const frames: PageSpaces["frames"] = {
      of: several.map(({ frame }) => frame),
      nComponents: first,
      kept: several.map((_, i) => 0.4 + 0.3 * Math.cos(i)),
    };
    this.know({ spaces: { frames, matrix: null, graphs: null } });
    if (what === "maps") return;
    const matrix = matrixOf(several, this.data);
    this.know({ spaces: { frames, matrix, graphs: { k_max, of: several } } });
    this.#show(this.get("pair"));
    super.sendAll("all");
  }

  /** What was saved of the pair is soon what all is of. */
  override save_changes(): void {
    super.save_changes();
    const pair = this.get("pair");
    Object.assign(this.saved, { pair });
    clearTimeout(this.#turning);
    const [a, b] = this.get("pair_shown");
    if (this.#turnMs === null || (pair[0] === a && pair[1] === b)) return;
    this.#turning = setTimeout(() => this.turn(), this.#turnMs);
  }

  /** As `w.pair = (a, b)` does in Python. */
  setPair(pair: TwoOf): void {
    this.set("pair", pair);
    this.save_changes();
  }

  /** All that is said is of the pair that was chosen from now on. */
  turn(): void {
    const pair = this.get("pair");
    this.#show(pair);
    const { curve, mean_shared } = finished(this.data);
    const [a, b] = pair.map((space) => this.get("spaces")[space]);
    const told = { space_a: a, space_b: b, curve, mean_shared, pair_shown: pair };
    this.know({ graph: { ...this.data } }, told);
  }

  /** The data are of these two from now on. */
  #show([a, b]: TwoOf): void {
    const [one, other] = [this.several[a], this.several[b]];
    Object.assign(this.data, {
      indices_a: one.indices,
      distances_a: one.distances,
      indices_b: other.indices,
      distances_b: other.distances,
    });
    Object.assign(this.data, { shared: sharedCounts(this.data) });
  }

  protected override offer(bulk: Bulk): void {
    // Before the constructor is done there is nobody to hear of anything.
    if (this.several) super.offer(bulk);
  }
}

function makeSpaces(data: FakeData, spaces: number, nComponents: number): FakeSpace[] {
  const { n, k_max } = data;
  const random = randomSource(7);
  const depth = Float32Array.from({ length: n }, random);
  return Array.from({ length: spaces }, (_, space) => {
    const share = spaces > 1 ? space / (spaces - 1) : 0;
    const frame = new Uint16Array(n * nComponents);
    for (let item = 0; item < n; item++) {
      for (let axis = 0; axis < nComponents; axis++) {
        const [p, q] = [data.positions_a, data.positions_b].map((all) => all[2 * item + axis]);
        const value = axis < 2 ? p + share * (q - p) : 14 * depth[item] - 7;
        frame[item * nComponents + axis] = Math.round(
          65535 * Math.min(1, Math.max(0, 0.5 + value / 20)),
        );
      }
    }
    // Of the first space, some ranks taken from the last: more of them with each space.
    const indices = new Uint32Array(n * k_max);
    const distances = new Float32Array(n * k_max);
    const cut = Math.round((1 - share) * k_max);
    for (let item = 0; item < n; item++) {
      const start = item * k_max;
      const own = [
        ...data.indices_a.subarray(start, start + cut),
        ...data.indices_b.subarray(start, start + k_max),
        ...data.indices_a.subarray(start + cut, start + k_max),
      ];
      const list = [...new Set(own)].slice(0, k_max);
      indices.set(list, start);
      for (let rank = 0; rank < k_max; rank++) distances[start + rank] = 0.01 * (rank + 1) + space;
    }
    return { indices, distances, frame };
  });
}

function matrixOf(several: FakeSpace[], { n, k_max }: FakeData): NonNullable<PageSpaces["matrix"]> {
  const rows: CurvePoint[][] = [];
  const chance = Array.from({ length: k_max }, (_, row) => (row + 1) / (2 * (n - 1)));
  // Thousands of items are not counted: what they say of the pairs is not looked at.
  const isLarge = n > 2000;
  for (let a = 0; a < several.length; a++) {
    for (let b = a + 1; b < several.length; b++) {
      const [one, other] = [several[a], several[b]];
      const graph = { k_max, indices_a: one.indices, indices_b: other.indices };
      rows.push(
        chance.map((by, row): CurvePoint => {
          const k = row + 1;
          if (isLarge) return [0.9 ** (b - a), 0.9 ** (b - a) - 0.01, 0.9 ** (b - a) + 0.01, by];
          const counts = sharedAt(graph, k);
          let sum = 0;
          for (const m of counts) sum += m / (2 * k - m);
          return [sum / n, sum / n - 0.01, sum / n + 0.01, by];
        }),
      );
    }
  }
  const values = Float32Array.from(
    rows.flatMap((row) => row.flatMap((point) => point.slice(0, 3))),
  );
  return { k_max, values, chance };
}
