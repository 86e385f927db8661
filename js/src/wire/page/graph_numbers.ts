/** What follows from two neighbour graphs, for each item: the numbers that Python has, at every k. */

import type { Side } from "../model.ts";
import type { PageGraph } from "./data.ts";

/** A graph whose distances are not needed. */
export type GraphIndices = Pick<PageGraph, "indices_a" | "indices_b" | "k_max">;

/** Weight of each further rank in the rank-biased overlap. */
const PERSISTENCE = 0.9;

/** Calls `visit` for each neighbour that an item has within k in both graphs, with its ranks from 0. */
function eachShared(
  { indices_a, indices_b, k_max }: GraphIndices,
  k: number,
  visit: (item: number, rankA: number, rankB: number) => void,
): void {
  const n = indices_a.length / k_max;
  // The item whose list in A was the last to hold this one, and where.
  const holder = new Uint32Array(n).fill(n);
  const rank = new Uint16Array(n);
  for (let item = 0; item < n; item++) {
    const start = item * k_max;
    for (let r = 0; r < k; r++) {
      const near = indices_a[start + r];
      if (near >= n) continue;
      holder[near] = item;
      rank[near] = r;
    }
    for (let r = 0; r < k; r++) {
      const near = indices_b[start + r];
      if (near < n && holder[near] === item) visit(item, rank[near], r);
    }
  }
}

/** Neighbours that each item shares at k, uint8 (n,). */
export function sharedAt(graph: GraphIndices, k: number): Uint8Array {
  const counts = new Uint8Array(graph.indices_a.length / graph.k_max);
  eachShared(graph, k, (item) => {
    counts[item]++;
  });
  return counts;
}

/** Neighbours that each item shares at k = row + 1, uint8 (k_max, n). */
export function sharedCounts(graph: GraphIndices): Uint8Array {
  const { k_max } = graph;
  const n = graph.indices_a.length / k_max;
  const counts = new Uint8Array(k_max * n);
  // One at ranks r and s is shared from k = max(r, s) + 1 on.
  eachShared(graph, k_max, (item, r, s) => {
    counts[Math.max(r, s) * n + item]++;
  });
  for (let at = n; at < counts.length; at++) counts[at] += counts[at - n];
  return counts;
}

/**
 * In how many lists of k neighbours each item stands, (n,).
 *
 * @param copyOf (n,): where copies do not count, the item whose copy each is; it has that one's value
 */
export function kOccurrence(
  graph: PageGraph,
  side: Side,
  k: number,
  copyOf: Uint32Array | null = null,
): Uint32Array {
  const { k_max, [`indices_${side}` as const]: indices } = graph;
  const n = indices.length / k_max;
  const counts = new Uint32Array(n);
  for (let item = 0, start = 0; item < n; item++, start += k_max) {
    if (copyOf && copyOf[item] !== item) continue;
    for (let at = start; at < start + k; at++) {
      if (indices[at] < n) counts[indices[at]]++;
    }
  }
  return copyOf ? copyOf.map((item) => counts[item]) : counts;
}

/** Rank-biased overlap of the lists at k, (n,) in 0..1; beyond them taken to agree as at k. */
export function rankBiasedOverlap(graph: PageGraph, k: number): Float32Array {
  // What one counts that is shared from depth d + 1 on.
  const weights = new Float64Array(k);
  let sum = PERSISTENCE ** k / k;
  for (let d = k; d > 0; d--) {
    sum += ((1 - PERSISTENCE) * PERSISTENCE ** (d - 1)) / d;
    weights[d - 1] = sum;
  }
  const total = new Float64Array(graph.indices_a.length / graph.k_max);
  eachShared(graph, k, (item, r, s) => {
    total[item] += weights[Math.max(r, s)];
  });
  return Float32Array.from(total);
}

/** How near shared neighbours are to the same rank in both lists at k, (n,) in 0..1. */
export function rankSimilarity(graph: PageGraph, k: number): Float32Array {
  const n = graph.indices_a.length / graph.k_max;
  const [total, shared] = [new Float64Array(n), new Uint16Array(n)];
  eachShared(graph, k, (item, r, s) => {
    total[item] += 2 / ((1 + Math.abs(r - s)) * (r + s + 2));
    shared[item]++;
  });
  // The most that as many shared neighbours can come to.
  const harmonic = new Float64Array(k + 1).fill(1);
  for (let i = 2; i <= k; i++) harmonic[i] = harmonic[i - 1] + 1 / i;
  return Float32Array.from(total, (value, item) => value / harmonic[shared[item]]);
}
