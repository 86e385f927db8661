/** Columns that are measured at k, as Python writes them: header and values. */

import type { PageData, PageGraph } from "./data.ts";
import { kOccurrence, rankBiasedOverlap, rankSimilarity } from "./graph_numbers.ts";
import { winsOfB } from "./label_numbers.ts";

/** Counts above this share of all have the colour of the end. */
const SHOWN_SHARE = 0.99;

interface Measured {
  kind: "numeric" | "difference";
  min: number;
  max: number;
  /** Left out: values may be anywhere. */
  steps?: number;
  values: Float32Array;
}

type Measure = (graph: PageGraph, data: PageData, k: number) => Measured;

const MEASURES = new Map<string, Measure>([
  ["wins", wins],
  ["k_occurrence_a", (graph, { copyOf }, k) => counted(kOccurrence(graph, "a", k, copyOf))],
  ["k_occurrence_b", (graph, { copyOf }, k) => counted(kOccurrence(graph, "b", k, copyOf))],
  ["rbo", (graph, _, k) => share(rankBiasedOverlap(graph, k))],
  ["rank_similarity", (graph, _, k) => share(rankSimilarity(graph, k))],
]);

/** Header and values, (n,); null when no column of this name is measured at k. */
export function columnAt(
  name: string,
  k: number | null,
  data: PageData,
): { result: unknown; arrays: ArrayBufferView[] } | null {
  const measure = MEASURES.get(name);
  const { graph } = data;
  if (!measure || !graph) return null;
  if (graph.k_max === 0) throw new Error(`column ${name}: this page has no lists of neighbours`);
  if (k === null || !Number.isInteger(k) || k < 1 || k > graph.k_max) {
    throw new Error(`column ${name}: k must be in 1..${graph.k_max}, not ${k}`);
  }
  const { values, ...header } = measure(graph, data, k);
  let [missing, above] = [0, 0];
  for (const value of values) {
    if (Number.isNaN(value)) missing++;
    if (value > header.max) above++;
  }
  return { result: { ...header, name, missing, above }, arrays: [values] };
}

function wins(graph: PageGraph, { labels }: PageData, k: number): Measured {
  if (!labels) throw new Error("column wins needs labels, and this page has none");
  const values = winsOfB(graph, k, labels);
  return { kind: "difference", min: -1, max: 1, steps: 2 * k, values };
}

function share(values: Float32Array): Measured {
  return { kind: "numeric", min: 0, max: 1, values };
}

function counted(counts: Uint32Array): Measured {
  const max = Math.max(1, Math.ceil(quantile(counts.slice().sort(), SHOWN_SHARE)));
  return { kind: "numeric", min: 0, max, steps: max, values: Float32Array.from(counts) };
}

/** Between the two values beside it, in numpy's way. @param sorted (n,), ascending */
function quantile(sorted: Uint32Array, share: number): number {
  const place = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  const rest = place - Math.floor(place);
  return rest < 0.5 ? low + (high - low) * rest : high - (high - low) * (1 - rest);
}
