/** Two made-up spaces of the same items, with true neighbours, for working on the screen without a kernel. */

import type { PageGraph, PageItem } from "../src/wire/page/data.ts";
import { sharedCounts } from "../src/wire/page/graph_numbers.ts";

export interface FakeItem extends PageItem {
  item: number;
  score: number;
}

export interface FakeData extends PageGraph {
  n: number;
  items: FakeItem[];
  /** (n, 2) */
  positions_a: Float32Array;
  positions_b: Float32Array;
  /** (k_max, n). */
  shared: Uint8Array;
}

export const CLASSES = ["animal", "artifact", "food", "plant", "person", "event", "place"];

/** Small, seeded and good enough for pictures (mulberry32). */
export function randomSource(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/**
 * Clusters on a ring; B moves each item by an amount that grows with its class, so that the classes
 * differ in how far the neighbours coincide. Neighbours are those in the plane, by brute force up to
 * `exactBelow` items, else the next items by number.
 */
export function makeData(n: number, k_max: number, seed = 1, exactBelow = 3000): FakeData {
  const random = randomSource(seed);
  const positions_a = new Float32Array(2 * n);
  const positions_b = new Float32Array(2 * n);
  const items: FakeItem[] = [];
  for (let i = 0; i < n; i++) {
    const kind = Math.floor(random() ** 1.4 * CLASSES.length);
    const angle = (2 * Math.PI * kind) / CLASSES.length;
    for (let axis = 0; axis < 2; axis++) {
      const center = 4 * (axis === 0 ? Math.cos(angle) : Math.sin(angle));
      positions_a[2 * i + axis] = center + normal(random);
      positions_b[2 * i + axis] = positions_a[2 * i + axis] + 0.25 * kind * normal(random);
    }
    items.push({
      item: i,
      id: `item-${String(i).padStart(4, "0")}`,
      label: i % 41 === 40 ? null : CLASSES[kind],
      labels: i % 41 === 40 ? [] : [CLASSES[kind]],
      text: `made-up ${CLASSES[kind]} number ${i}, one of the ${n} items of this page`,
      score: i % 37 === 36 ? Number.NaN : kind + random(),
      image: null,
    });
  }
  k_max = Math.min(k_max, n - 1);
  const lists = n <= exactBelow ? bruteForce : byNumber;
  const [indices_a, distances_a] = lists(positions_a, n, k_max);
  const [indices_b, distances_b] = lists(positions_b, n, k_max);
  const graph = { k_max, indices_a, distances_a, indices_b, distances_b };
  return { n, items, positions_a, positions_b, ...graph, shared: sharedCounts(graph) };
}

function bruteForce(points: Float32Array, n: number, k_max: number): [Uint32Array, Float32Array] {
  const indices = new Uint32Array(n * k_max);
  const distances = new Float32Array(n * k_max);
  const row = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      row[j] = Math.hypot(points[2 * i] - points[2 * j], points[2 * i + 1] - points[2 * j + 1]);
    }
    row[i] = Number.POSITIVE_INFINITY;
    const order = Array.from(row.keys()).sort((p, q) => row[p] - row[q] || p - q);
    for (let rank = 0; rank < k_max; rank++) {
      indices[i * k_max + rank] = order[rank];
      distances[i * k_max + rank] = row[order[rank]];
    }
  }
  return [indices, distances];
}

function byNumber(_: Float32Array, n: number, k_max: number): [Uint32Array, Float32Array] {
  const indices = new Uint32Array(n * k_max);
  const distances = new Float32Array(n * k_max);
  for (let i = 0; i < n; i++) {
    for (let rank = 0; rank < k_max; rank++) {
      indices[i * k_max + rank] = (i + rank + 1) % n;
      distances[i * k_max + rank] = rank;
    }
  }
  return [indices, distances];
}
