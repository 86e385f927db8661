/** The neighbours of each item: from the graph where it is here, else asked for item by item. */

import { asFloat32, asUint32 } from "./arrays.ts";
import type { Channel } from "./channel.ts";
import { remember } from "./latest.ts";
import type { NeighborLists } from "./model.ts";

export class Neighbors {
  readonly #channel: Channel;
  /** Lists of all items, (n, k_max) each. */
  #graph: NeighborLists | null = null;
  #kMax = 0;
  readonly #n: number;
  readonly #asked = new Map<number, Promise<NeighborLists>>();
  /** Of the last k: a million items take 60 ms, and each selection asks. */
  #means: { k: number; of: [a: Float32Array, b: Float32Array] } | null = null;

  /** @param n number of items; a neighbour of n or above stands for none */
  constructor(channel: Channel, n: number) {
    this.#channel = channel;
    this.#n = n;
  }

  /** @param graph indices and distances of all items, (n, kMax) each; null = not here */
  set(graph: (NeighborLists & { kMax: number }) | null): void {
    this.#graph = graph;
    this.#kMax = graph?.kMax ?? 0;
    this.#means = null;
  }

  /** Forgets what was asked of two spaces that are compared no longer. */
  forget(): void {
    this.#asked.clear();
  }

  /** Mean distance of each item to its k nearest, (n,) for A and B; null where the graph is not here. */
  distances(k: number): [a: Float32Array, b: Float32Array] | null {
    const graph = this.#graph;
    if (!graph) return null;
    if (this.#means?.k === k) return this.#means.of;
    const mean = (distances: Float32Array) => {
      const means = new Float32Array(this.#n);
      for (let item = 0, at = 0; item < this.#n; item++, at += this.#kMax) {
        let sum = 0;
        for (let rank = 0; rank < k; rank++) sum += distances[at + rank];
        means[item] = sum / k;
      }
      return means;
    };
    this.#means = { k, of: [mean(graph.distances_a), mean(graph.distances_b)] };
    return this.#means.of;
  }

  /** Neighbours of `item` in both spaces, without those that were not found. */
  of(item: number): Promise<NeighborLists> {
    const graph = this.#graph;
    if (graph) return Promise.resolve(cut(graph, item * this.#kMax, this.#kMax, this.#n));
    return remember(this.#asked, item, async () => {
      const { buffers } = await this.#channel.ask({ kind: "neighbors", args: { item } });
      const lists = {
        indices_a: asUint32(buffers[0]),
        distances_a: asFloat32(buffers[1]),
        indices_b: asUint32(buffers[2]),
        distances_b: asFloat32(buffers[3]),
      };
      return cut(lists, 0, lists.indices_a.length, this.#n);
    });
  }
}

/** The lists of one item, up to the first neighbour that is none. */
function cut(lists: NeighborLists, start: number, kMax: number, n: number): NeighborLists {
  const { indices_a, distances_a, indices_b, distances_b } = lists;
  const endOf = (indices: NeighborLists["indices_a"]) => {
    const none = indices.subarray(start, start + kMax).findIndex((item) => item >= n);
    return none < 0 ? start + kMax : start + none;
  };
  const [endA, endB] = [endOf(indices_a), endOf(indices_b)];
  return {
    indices_a: indices_a.subarray(start, endA),
    distances_a: distances_a.subarray(start, endA),
    indices_b: indices_b.subarray(start, endB),
    distances_b: distances_b.subarray(start, endB),
  };
}
