/** Made-up measurements of the made-up spaces: what the kernel finds out after the neighbours. */

import type {
  Better,
  ChanceInfo,
  ColumnInfo,
  CurvePoint,
  Faithfulness,
  GroupRow,
  GroupTable,
  LabelRow,
  NumberInfo,
  Numbers,
  QualityTable,
} from "../src/wire/model.ts";
import { CLASSES, type FakeData } from "./fake_data.ts";

export interface Answer {
  result: unknown;
  arrays: ArrayBufferView[];
}

export const METADATA: ColumnInfo[] = [
  { name: "coincidence", title: "coincidence", kind: "coincidence", source: "measured_at_k" },
  { name: "kind", title: "kind", kind: "category", source: "metadata" },
  { name: "score", title: "score", kind: "numeric", source: "metadata" },
];

const MEASURED: ColumnInfo[] = [
  { name: "wins", title: "A wins / B wins", kind: "difference", source: "measured_at_k" },
  {
    name: "faithfulness_a",
    title: "how far map A can be believed",
    kind: "numeric",
    source: "measured",
  },
  {
    name: "faithfulness_b",
    title: "how far map B can be believed",
    kind: "numeric",
    source: "measured",
  },
  { name: "group_a", title: "group in A", kind: "category", source: "measured" },
  { name: "group_b", title: "group in B", kind: "category", source: "measured" },
  { name: "k_occurrence_a", title: "hubness in A", kind: "numeric", source: "measured_at_k" },
  { name: "k_occurrence_b", title: "hubness in B", kind: "numeric", source: "measured_at_k" },
];

export const ALL_COLUMNS: ColumnInfo[] = [METADATA[0], ...MEASURED, ...METADATA.slice(1)];

/** All numbers in one state. */
export function numbersIn(state: NumberInfo["state"], note = ""): Numbers {
  const info = { state, note };
  return { chance: info, groups: info, faithfulness: info, quality: info };
}

export function chanceOf(curve: CurvePoint[]): ChanceInfo {
  return {
    n_permutations: 100,
    z: curve.map(([value, , , chance]) => 4000 * (value - chance)),
    within: curve.map(([value, , , chance]) => 0.4 * value + 0.6 * chance),
    verdicts: curve.map(() => "more than chance"),
  };
}

export const FAITHFULNESS: Faithfulness = {
  a: {
    kept: 0.624,
    trustworthiness: 0.971,
    continuity: 0.964,
    rank_correlation: 0.523,
    n_neighbors: 10,
    n_items: 5000,
    sampled: true,
  },
  b: {
    kept: 0.581,
    trustworthiness: 0.958,
    continuity: 0.949,
    rank_correlation: 0.487,
    n_neighbors: 10,
    n_items: 5000,
    sampled: true,
  },
};

/** @param many labels besides those of the items, to see a long list */
export function qualityOf({ items }: FakeData, many: number): QualityTable {
  const rows = (shift: number): LabelRow[] => {
    const names = [...CLASSES, ...Array.from({ length: many }, (_, i) => `label-${i}`)];
    const made = names.map((label, code): LabelRow => {
      const n = code < CLASSES.length ? items.filter((item) => item.label === label).length : 9;
      const a = 0.55 + 0.4 * Math.abs(Math.sin(3 * code + shift));
      const b = Math.min(1, Math.max(0, a + 0.16 * Math.cos(2.3 * code + shift)));
      const better: Better = Math.abs(b - a) < 0.07 ? "" : b > a ? "B" : "A";
      return [label, code, n, a, b, b - a, b - a - 0.05, b - a + 0.05, better];
    });
    return made.sort((p, q) => Math.abs(q[5]) - Math.abs(p[5]));
  };
  const metrics = ["mean_average_precision_at_r", "precision_at_1"].map((metric, shift) => {
    const made = rows(shift);
    const wins = (side: Better) => made.filter((row) => row[8] === side).length;
    return {
      metric,
      verdict: `B is better on ${wins("B")} of ${made.length} labels, A on ${wins("A")}, no difference shown on ${wins("")}`,
      overall: ["all labels", -1, items.length, 0.812, 0.834, 0.022, 0.011, 0.033, "B"] as LabelRow,
      rows: made,
      total: made.length,
    };
  });
  return { metrics };
}

/** Groups of A are the kinds; in B the fourth and fifth are two, and the last is none. */
function groupsOf({ items }: FakeData): { a: Int32Array; b: Int32Array } {
  const a = Int32Array.from(items, ({ label }) => (label === null ? -1 : CLASSES.indexOf(label)));
  const b = a.map((kind, i) => (kind < 4 ? kind : kind === 6 ? -1 : kind + 3 * (i % 2)));
  return { a, b };
}

export function changesOf(data: FakeData): GroupTable {
  const { a } = groupsOf(data);
  const sizeOf = (group: number) => a.filter((other) => other === group).length;
  const row = (group: number, at: number, change: GroupRow["change"], parts: number) => ({
    row: at,
    change,
    name: CLASSES[group],
    label: CLASSES[group],
    label_share: 0.91,
    parts,
    n_items: sizeOf(group),
    share_changed: 0.8 - 0.15 * at,
    evidence: 0.7,
  });
  const rows = [row(4, 0, "splits", 2), row(5, 1, "splits", 2), row(6, 2, "dissolves", 0)];
  const kept_items = a.filter((group) => group >= 0 && group < 4).length;
  return { rows, total: rows.length, kept: 4, kept_items, n_groups_a: 7, n_groups_b: 8 };
}

export function labelItems({ items }: FakeData, code: number): Answer {
  const found = items.flatMap(({ item, label }) => (label === CLASSES[code] ? [item] : []));
  return { result: {}, arrays: [Uint32Array.from(found)] };
}

export function groupItems(data: FakeData, row: number): Answer {
  const { a } = groupsOf(data);
  const found = Array.from(a.keys()).filter((item) => a[item] === 4 + row);
  return { result: {}, arrays: [Uint32Array.from(found)] };
}

/** A measured column; null when there is none of this name. */
export function measuredColumn(data: FakeData, name: string, k: number | null): Answer | null {
  const side = name.endsWith("_b") ? "b" : "a";
  if (name.startsWith("group")) return groupColumn(name, groupsOf(data)[side]);
  if (name.startsWith("faithfulness")) {
    const values = Float32Array.from({ length: data.n }, (_, i) => ((7 * i) % 11) / 10);
    return numeric({ kind: "numeric", name, min: 0, max: 1, steps: 10 }, values);
  }
  if (k === null) return null;
  if (name.startsWith("k_occurrence")) {
    const values = new Float32Array(data.n);
    const lists = side === "a" ? data.indices_a : data.indices_b;
    for (let i = 0; i < data.n; i++) {
      for (const item of lists.subarray(i * data.k_max, i * data.k_max + k)) values[item]++;
    }
    return numeric({ kind: "numeric", name, min: 0, max: 3 * k, steps: 3 * k }, values);
  }
  if (name !== "wins") return null;
  const share = (lists: Uint32Array, item: number) => {
    const near = lists.subarray(item * data.k_max, item * data.k_max + k);
    const same = near.filter((other) => data.items[other].label === data.items[item].label);
    return same.length / k;
  };
  const values = Float32Array.from(data.items, ({ item, label }) =>
    label === null ? Number.NaN : share(data.indices_b, item) - share(data.indices_a, item),
  );
  return numeric({ kind: "difference", name, min: -1, max: 1, steps: 2 * k }, values);
}

function numeric(
  header: { kind: string; name: string; min: number; max: number; steps: number },
  values: Float32Array,
): Answer {
  const missing = values.filter(Number.isNaN).length;
  const above = values.filter((value) => value > header.max).length;
  return { result: { ...header, missing, above }, arrays: [values] };
}

function groupColumn(name: string, groups: Int32Array): Answer {
  const n = groups.reduce((most, group) => Math.max(most, group), -1) + 1;
  const categories = Array.from({ length: n }, (_, group) => CLASSES[group] ?? `group ${group}`);
  const counts = categories.map((_, group) => groups.filter((other) => other === group).length);
  const missing = groups.filter((group) => group < 0).length;
  const codes = Uint16Array.from(groups, (group) => (group < 0 ? 65535 : group));
  return { result: { kind: "category", name, categories, counts, missing }, arrays: [codes] };
}
