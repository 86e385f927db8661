/** What follows from neighbour lists and labels, for each item. */

import type { Indices, LabelCodes, PageGraph } from "./data.ts";

/** Row positions, ascending, of the items that have a label. */
export function itemsWithLabel({ starts, codes }: LabelCodes, code: number): Uint32Array {
  const items: number[] = [];
  for (let item = 0; item + 1 < starts.length; item++) {
    if (codes.subarray(starts[item], starts[item + 1]).includes(code)) items.push(item);
  }
  return Uint32Array.from(items);
}

/** Whether two items have a label in common. */
function match({ starts, codes }: LabelCodes, one: number, other: number): boolean {
  let [i, j] = [starts[one], starts[other]];
  while (i < starts[one + 1] && j < starts[other + 1]) {
    if (codes[i] === codes[j]) return true;
    if (codes[i] < codes[j]) i++;
    else j++;
  }
  return false;
}

/**
 * Share of each item's k neighbours that match its label, of those that have one, (n,) in 0..1.
 * NaN where the item has no label, or none of its neighbours has.
 */
export function labelAgreement(
  indices: Indices,
  k_max: number,
  k: number,
  labels: LabelCodes,
): Float32Array {
  const { starts } = labels;
  const n = indices.length / k_max;
  const agreement = new Float32Array(n).fill(Number.NaN);
  for (let item = 0; item < n; item++) {
    if (starts[item] === starts[item + 1]) continue;
    let [known, same] = [0, 0];
    for (let at = item * k_max; at < item * k_max + k; at++) {
      const near = indices[at];
      if (near >= n || starts[near] === starts[near + 1]) continue;
      known++;
      if (match(labels, item, near)) same++;
    }
    if (known > 0) agreement[item] = same / known;
  }
  return agreement;
}

/** By how much more of B's k neighbours than of A's share the item's label, (n,) in -1..1. */
export function winsOfB(graph: PageGraph, k: number, labels: LabelCodes): Float32Array {
  const a = labelAgreement(graph.indices_a, graph.k_max, k, labels);
  const b = labelAgreement(graph.indices_b, graph.k_max, k, labels);
  return b.map((share, item) => share - a[item]);
}
